import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { page, row, server, session } from "../../testing/server";
import { show } from "../../testing/show";

const HERE = `/suggestions/${row.habit_id}`;

const asking = {
  check: "heating",
  rung: "safety",
  path: "actions[0]",
  message: "It heats to 24 °C while nobody may be at home.",
  mend: "",
  severity: "ask" as const,
  dates: [],
  line: null,
};

async function approveDialog() {
  return within(await screen.findByRole("dialog"));
}

test("a yes carries exactly what was shown", async () => {
  let asked: unknown;
  let csrf: string | null = null;
  server.use(
    http.post("*/api/suggestions/:id/approve", async ({ request }) => {
      asked = await request.json();
      csrf = request.headers.get("X-CSRF-Token");
      return HttpResponse.json({ outcome: "deployed", why: "", merge: "abcdef0123", revert: null });
    }),
  );
  const { person } = show(HERE);

  await person.click((await screen.findAllByRole("button", { name: "Approve" }))[0] as HTMLElement);
  const dialog = await approveDialog();
  await person.click(dialog.getByRole("radio", { name: /seven days/ }));
  await person.click(dialog.getByRole("button", { name: "Approve" }));

  expect((await screen.findAllByText(/Deployed\. Your home has it/)).length).toBeGreaterThan(0);
  expect(asked).toEqual({ seen: page.seen, second_yes: [], trial: "seven_days" });
  expect(csrf).toBe(session.csrf);
});

test("a finding that asks must be agreed to before the yes counts", async () => {
  let asked: { second_yes?: string[] } = {};
  server.use(
    http.get("*/api/suggestions/:id", () => HttpResponse.json({ ...page, problems: [asking] })),
    http.post("*/api/suggestions/:id/approve", async ({ request }) => {
      asked = (await request.json()) as typeof asked;
      return HttpResponse.json({ outcome: "deployed", why: "", merge: null, revert: null });
    }),
  );
  const { person } = show(HERE);
  await person.click((await screen.findAllByRole("button", { name: "Approve" }))[0] as HTMLElement);
  const dialog = await approveDialog();
  expect(dialog.getByRole("button", { name: "Approve" })).toBeDisabled();

  await person.click(dialog.getByRole("checkbox"));
  await person.click(dialog.getByRole("button", { name: "Approve" }));

  await screen.findAllByText(/Deployed\. Your home has it/);
  expect(asked.second_yes).toEqual(["heating actions[0]"]);
});

test("where something moved since it was shown, nothing is approved and it says what", async () => {
  const moved = { ...page, row: { ...row, title: "Kitchen light on at 06:50" } };
  server.use(
    http.post("*/api/suggestions/:id/approve", () =>
      HttpResponse.json({ detail: "The draft changed.", moved: ["The draft changed."], page: moved }, { status: 409 }),
    ),
  );
  const { person } = show(HERE);

  await person.click((await screen.findAllByRole("button", { name: "Approve" }))[0] as HTMLElement);
  await person.click((await approveDialog()).getByRole("button", { name: "Approve" }));

  expect(await screen.findByText(/Not approved, as something changed since you looked: The draft changed\./)).toBeVisible();
  expect(await screen.findByRole("heading", { name: moved.row.title })).toBeVisible();
});

test("a blocked suggestion cannot be approved, also not by its key", async () => {
  server.use(http.get("*/api/suggestions/:id", () => HttpResponse.json({ ...page, problems: [{ ...asking, severity: "block", mend: "Take it out." }] })));
  const { person } = show(HERE);
  await screen.findByText("Take it out.");

  await person.keyboard("a");

  for (const button of screen.getAllByRole("button", { name: "Approve" })) expect(button).toBeDisabled();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a finding says on which dates it would have shown, in the home's time", async () => {
  const conflict = { ...asking, check: "conflicts", message: "It argues with Evening light.", dates: ["2026-11-02T22:30:00Z", "2026-11-09T22:30:00Z"] };
  server.use(http.get("*/api/suggestions/:id", () => HttpResponse.json({ ...page, problems: [conflict] })));
  const { person } = show(HERE);

  await person.click(await screen.findByText("It would have shown 2 times"));

  expect(screen.getByText(/23:30/, { selector: "[datetime='2026-11-02T22:30:00Z']" })).toBeVisible();
});

test("what left the house is shown word for word", async () => {
  const receipt = { at: "2026-11-23T02:09:00Z", model: "gpt-4o-mini", sent: "lamp_1 in room_2", received: '{"name": "Lamp"}', tokens_in: 900, tokens_out: 80, dollars: 0.0002, seconds: 1.4 };
  server.use(http.get("*/api/suggestions/:id", () => HttpResponse.json({ ...page, receipts: [receipt] })));
  const { person } = show(HERE);

  await person.click(await screen.findByText("What was sent"));

  expect(screen.getByText("lamp_1 in room_2")).toBeVisible();
  expect(screen.getByText(/980 tokens/)).toBeVisible();
});

test("a session that ended is begun again on the same page", async () => {
  server.use(
    http.post("*/api/suggestions/:id/approve", () => HttpResponse.json({ detail: "Not signed in." }, { status: 401 })),
    http.post("*/api/session", () => HttpResponse.json(session)),
  );
  const { person, router } = show(HERE);
  await person.click((await screen.findAllByRole("button", { name: "Approve" }))[0] as HTMLElement);
  await person.click((await approveDialog()).getByRole("button", { name: "Approve" }));
  await screen.findByText("Your session has ended");

  await person.type(screen.getByLabelText(/Token/), "a-token-of-sixteen");
  await person.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("heading", { name: row.title, hidden: true })).toBeVisible();
  expect(router.state.location.pathname).toBe(HERE);
});

test("text from outside is text", async () => {
  const hostile = `<img src=x onerror="document.title='owned'">`;
  const meaning = { ...page.meaning, sentence: hostile };
  server.use(http.get("*/api/suggestions/:id", () => HttpResponse.json({ ...page, row: { ...row, title: hostile }, meaning })));

  show(HERE);

  expect(await screen.findByRole("heading", { name: hostile })).toBeVisible();
  expect(document.querySelector("img[src='x']")).toBeNull();
});

test("what main overtook is put together in the editor before it can be approved", async () => {
  let saved: { yaml?: string } = {};
  const torn = { ...page, conflict: true, main_yaml: "alias: The one on main\n", actions_allowed: ["edit", "decline"] };
  server.use(
    http.get("*/api/suggestions/:id", () => HttpResponse.json(torn)),
    http.get("*/api/catalogue", () => HttpResponse.json({ detail: "Not here." }, { status: 503 })),
    http.post("*/api/suggestions/:id/preview", () => HttpResponse.json({ detail: "Not here." }, { status: 503 })),
    http.post("*/api/suggestions/:id/edit", async ({ request }) => {
      saved = (await request.json()) as typeof saved;
      return HttpResponse.json(page);
    }),
  );
  const { person } = show(HERE);

  await person.click(await screen.findByRole("link", { name: "Put them together" }));
  expect(await screen.findByText("alias: The one on main")).toBeVisible();
  await person.click(screen.getByRole("button", { name: "Save" }));

  expect((await screen.findAllByRole("button", { name: "Approve" })).length).toBeGreaterThan(0);
  expect(saved.yaml).toBe(page.yaml);
});
