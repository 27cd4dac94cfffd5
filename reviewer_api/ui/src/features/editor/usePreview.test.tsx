import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { createQueryClient } from "../../api/queries";
import { page, server } from "../../testing/server";
import { usePreview } from "./usePreview";

test("a preview is asked for when the typing pauses, and one that is overtaken is cancelled", async () => {
  const asked: string[] = [];
  const cancelled: string[] = [];
  server.use(
    http.post("*/api/suggestions/:id/preview", async ({ request }) => {
      const { yaml } = (await request.clone().json()) as { yaml: string };
      asked.push(yaml);
      request.signal.addEventListener("abort", () => cancelled.push(yaml));
      await delay(yaml === "final" ? 0 : 3_000);
      return HttpResponse.json({ problems: [], meaning: null, backtest: null, diff: { ...page.diff, new: yaml } });
    }),
  );
  const client = createQueryClient();
  const within = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const { result, rerender } = renderHook(({ yaml }) => usePreview("a1", yaml), { wrapper: within, initialProps: { yaml: "first" } });
  await waitFor(() => expect(asked).toEqual(["first"]));

  for (const yaml of ["f", "fi", "fin", "final"]) rerender({ yaml });

  await waitFor(() => expect(result.current.data?.diff.new).toBe("final"));
  expect(asked).toEqual(["first", "final"]);
  expect(cancelled).toEqual(["first"]);
  expect(result.current.behind).toBe(false);
});
