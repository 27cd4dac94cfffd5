import type { State } from "../../api/schema";

export type Shelf = { key: string; name: string; states: State[]; holds: string };

/** How the board sorts the states, in the order in which a person cares; `holds` says what an empty one is for. */
export const SHELVES: [Shelf, ...Shelf[]] = [
  { key: "open", name: "To decide", states: ["open", "edited"], holds: "" },
  { key: "waiting", name: "Waiting", states: ["waiting"], holds: "What is over what you allow in a night, or open at once, waits here; better ones come first." },
  { key: "held", name: "Held back", states: ["held_back"], holds: "What a check blocks, or whose branch touches more than its own file, is held back here." },
  { key: "snoozed", name: "Snoozed", states: ["snoozed"], holds: "What you put off sleeps here until the day you named." },
  { key: "deployed", name: "Deployed", states: ["approved", "pending", "watching", "healthy"], holds: "What you approve comes here, on its way to your home and then watched there." },
  { key: "trouble", name: "Degraded", states: ["degraded", "refused"], holds: "What your home refused, and what people undo since it works, comes here." },
  { key: "declined", name: "Declined", states: ["declined", "rolled_back", "unmanaged"], holds: "What you said no to, rolled back or let go of stays here, and is not asked again." },
  { key: "faded", name: "Faded", states: ["faded", "superseded"], holds: "What people stopped doing, and what another suggestion replaced, ends here." },
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
