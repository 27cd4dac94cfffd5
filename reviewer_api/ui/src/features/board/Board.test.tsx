import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { list, row, server } from "../../testing/server";
import { show } from "../../testing/show";

test("an empty board says why it is empty and when the next night starts", async () => {
  const reason = "Nothing passed: 14 habits seen fewer than 5 days.";
  server.use(http.get("*/api/suggestions", () => HttpResponse.json(list([], { empty_reason: reason }))));

  show("/");

  expect(await screen.findByText(reason)).toBeVisible();
  expect(screen.getAllByText(/The next night starts/)).not.toHaveLength(0);
});

test("an empty shelf says what it is for, and an empty search how to end it", async () => {
  server.use(http.get("*/api/suggestions", () => HttpResponse.json(list([]))));
  const { person, router } = show("/?shelf=snoozed&q=heating");

  await person.click(await screen.findByRole("button", { name: "Show all of “Snoozed”" }));

  expect(await screen.findByText(/sleeps here until the day you named/)).toBeVisible();
  expect(screen.getByRole("searchbox")).toHaveValue("");
  expect(router.state.location.search).toBe("?shelf=snoozed");
});

test("j and k move the focus from row to row", async () => {
  const rows = ["one", "two"].map((name) => ({ ...row, habit_id: name, title: `Habit ${name}` }));
  server.use(http.get("*/api/suggestions", () => HttpResponse.json(list(rows))));
  const { person } = show("/");
  await screen.findByRole("link", { name: "Habit one" });

  await person.keyboard("jj");
  expect(screen.getByRole("link", { name: "Habit two" })).toHaveFocus();
  await person.keyboard("k");

  expect(screen.getByRole("link", { name: "Habit one" })).toHaveFocus();
});

test("several are declined at once, and those that could not be are named", async () => {
  let asked: unknown;
  server.use(
    http.post("*/api/suggestions/bulk", async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({ done: [], failed: { [row.habit_id]: "It was approved meanwhile." } });
    }),
  );
  const { person } = show("/");

  await person.click(await screen.findByRole("checkbox", { name: /Pick Kitchen light/ }));
  await person.click(screen.getByRole("button", { name: "Decline" }));
  await person.click(await screen.findByRole("radio", { name: /Nothing for this device/ }));
  await person.click(screen.getAllByRole("button", { name: "Decline" }).at(-1) as HTMLElement);

  expect(await screen.findByText("0 of 1 done. It was approved meanwhile.")).toBeVisible();
  expect(asked).toMatchObject({ habit_ids: [row.habit_id], decline: { scope: "device" } });
});

test("what was there stays in sight when the service goes away", async () => {
  const { person } = show("/");
  await screen.findByRole("link", { name: row.title });
  server.use(http.get("*/api/suggestions", () => HttpResponse.error()));

  await person.type(screen.getByRole("searchbox"), "light");

  expect(await screen.findByText(/Nightshift does not answer/)).toBeVisible();
});

test("a reader is shown no way to change anything", async () => {
  server.use(http.get("*/api/session", () => HttpResponse.json({ name: "Guest", role: "reader", csrf: "c", home_assistant_sign_in: false })));

  show("/");

  await screen.findByRole("link", { name: row.title });
  expect(screen.queryByRole("checkbox")).toBeNull();
  expect(screen.getByRole("button", { name: "Pause everything" })).toBeDisabled();
});
