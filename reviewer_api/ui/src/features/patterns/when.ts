/** When in the day and in the week something was done, from the evidence. */
import type { EvidenceAnswer } from "../../api/schema";
import { clock } from "../../components/charts/parts";

export const MINUTES_OF_DAY = 1440;

/** The minute in the middle of all; 1440 where it was never seen. */
export function middleMinute({ seen_minutes }: EvidenceAnswer): number {
  const sorted = allMinutes(seen_minutes);
  return sorted[Math.floor(sorted.length / 2)] ?? MINUTES_OF_DAY;
}

/** Days on which it was seen, Monday first. */
export function byWeekday({ seen_minutes }: EvidenceAnswer): number[] {
  const counts = new Array<number>(7).fill(0);
  for (const day of Object.keys(seen_minutes)) {
    const at = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** In words: the span in which half of the times lie. */
export function whenWords({ seen_minutes }: EvidenceAnswer): string {
  const sorted = allMinutes(seen_minutes);
  if (sorted.length === 0) return "No times are kept.";
  const at = (share: number) => clock(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `${sorted.length} times, half of them between ${at(0.25)} and ${at(0.75)}.`;
}

function allMinutes(seen: EvidenceAnswer["seen_minutes"]): number[] {
  return Object.values(seen)
    .flat()
    .sort((a, b) => a - b);
}
