import type { State } from "../../api/schema";

export type Shelf = { key: string; name: string; states: State[] };

/** How the board sorts the states, in the order in which a person cares. */
export const SHELVES: [Shelf, ...Shelf[]] = [
  { key: "open", name: "To decide", states: ["open", "edited", "stale"] },
  { key: "waiting", name: "Waiting", states: ["waiting", "settling"] },
  { key: "held", name: "Held back", states: ["held_back"] },
  { key: "snoozed", name: "Snoozed", states: ["snoozed"] },
  { key: "deployed", name: "Deployed", states: ["approved", "pending", "watching", "healthy"] },
  { key: "trouble", name: "Degraded", states: ["degraded", "refused"] },
  { key: "declined", name: "Declined", states: ["declined", "rolled_back"] },
  { key: "faded", name: "Faded", states: ["faded", "superseded"] },
];

export function shelfOf(key: string | null): Shelf {
  return SHELVES.find((shelf) => shelf.key === key) ?? SHELVES[0];
}

export const KINDS: Record<string, string> = {
  time_of_day: "Time of day",
  sun: "Sun",
  co_occurrence: "One thing after another",
  numeric: "A measured value",
  presence: "Coming and going",
};

export function kindWord(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll("_", " ");
}
