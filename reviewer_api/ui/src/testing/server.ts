/** The service as component tests see it: answers of the contract, typed by it. */
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import type { SessionAnswer, Status, SuggestionList, SuggestionPage, SuggestionRow } from "../api/schema";

export const session: SessionAnswer = { name: "Ada", role: "approver", csrf: "token-of-this-page", home_assistant_sign_in: false };

export const status: Status = {
  version: "0.1.0",
  timezone: "Europe/Amsterdam",
  language: "en",
  paused: false,
  dependencies: [],
  next_run: "2026-11-24T02:00:00Z",
  last_run: null,
  open_suggestions: 1,
  problems: 0,
  held_plan: false,
  embedded: true,
};

export const row: SuggestionRow = {
  habit_id: "5b27968688f3cf05",
  title: "Kitchen light on at 06:42 on weekdays",
  state: "open",
  kind: "time_of_day",
  area: "Kitchen",
  strength: 0.82,
  days_seen: 18,
  days_possible: 20,
  proposed_at: "2026-11-23T02:10:00Z",
  updated_at: "2026-11-23T02:10:00Z",
  why: "",
  needs_second_yes: false,
  blocked: false,
};

export const list = (items: SuggestionRow[], more: Partial<SuggestionList> = {}): SuggestionList => ({
  items,
  total: items.length,
  counts: { open: items.length } as SuggestionList["counts"],
  areas: ["Kitchen"],
  kinds: ["time_of_day"],
  empty_reason: "",
  next_run: "2026-11-24T02:00:00Z",
  ...more,
});

export const page: SuggestionPage = {
  row,
  path: "kitchen/kitchen_light-5b279686.yaml",
  branch: "suggest/kitchen_light-5b279686",
  yaml: "alias: Kitchen light\n",
  meaning: {
    sentence: "On weekdays at 06:42, turn on Kitchen light.",
    triggers: [{ words: "at 06:42", entities: [], areas: [], icon: "" }],
    conditions: [],
    actions: [{ words: "turn on Kitchen light", entities: ["light.kitchen"], areas: ["Kitchen"], icon: "" }],
  },
  evidence: {
    days_seen: 18,
    days_possible: 20,
    support: 0.6,
    confidence: 0.9,
    confidence_low: 0.82,
    lift: 12,
    settling: false,
    sentence: "You did it on 18 of 20 days it could have been.",
    seen_minutes: {},
    proposed_minutes: {},
    delays: [],
  },
  backtest: {
    computable: true,
    reason: "",
    start: "2026-11-01T00:00:00Z",
    end: "2026-11-03T00:00:00Z",
    fired: 2,
    matched: 1,
    false: 1,
    missed: 0,
    undone: 0,
    lead_seconds: null,
    days: [
      { day: "2026-11-02", matched: ["2026-11-02T05:42:00Z"], false: [], missed: [] },
      { day: "2026-11-03", matched: [], false: ["2026-11-03T05:42:00Z"], missed: [] },
    ],
  },
  diff: { against: "main", old: "", new: "", words: ["It is new."] },
  problems: [],
  timeline: [{ event: "proposed", at: "2026-11-23T02:10:00Z", who: "Nightshift", why: "", sha: "0d37c6cd0d37c6cd" }],
  receipts: [],
  drafted_by: "baseline",
  frozen: false,
  conflict: false,
  main_yaml: null,
  actions_allowed: ["approve", "edit", "comment", "redraft", "snooze", "decline"],
  seen: { proposed_blob: "b1", main_blob: "", live_hash: "", policy_blob: "p1", findings: [] },
};

export const server = setupServer(
  http.get("*/api/session", () => HttpResponse.json(session)),
  http.get("*/api/status", () => HttpResponse.json(status)),
  http.get("*/api/suggestions", () => HttpResponse.json(list([row]))),
  http.get("*/api/suggestions/:id", () => HttpResponse.json(page)),
  http.get("*/api/suggestions/:id/diff", () => HttpResponse.json(page.diff)),
);
