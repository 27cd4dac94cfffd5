import { createContext, useContext } from "react";

/** The home's zone: every time on the page is the home's, wherever the reader sits. */
export const HomeZone = createContext("UTC");

type Shape = "time" | "day" | "both";

const SHAPES: Record<Shape, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "short", day: "numeric", month: "short" },
  both: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

export function formatted(iso: string, zone: string, shape: Shape = "both"): string {
  return new Intl.DateTimeFormat(undefined, { ...SHAPES[shape], timeZone: zone }).format(new Date(iso));
}

/** A local date such as "2026-11-04", which belongs to no zone. */
export function formattedDay(day: string): string {
  return formatted(`${day}T12:00:00Z`, "UTC", "day");
}

/** The date, such as "2026-11-04", on which that moment falls in the zone. */
export function dayOf(moment: string | Date, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone }).format(new Date(moment));
}

const A_MONDAY = Date.parse("2026-11-02T12:00:00Z");
const DAY_MS = 86_400_000;

export function weekdayName(fromMonday: number, length: "narrow" | "short" | "long"): string {
  return new Intl.DateTimeFormat(undefined, { weekday: length, timeZone: "UTC" }).format(new Date(A_MONDAY + fromMonday * DAY_MS));
}

/** The moment at which that day began in the zone; an hour off on the day on which the clocks change. */
function midnight(at: number, zone: string): number {
  const [hours = 0, minutes = 0] = new Intl.DateTimeFormat("en-GB", { ...SHAPES.time, timeZone: zone }).format(at).split(":").map(Number);
  return Math.floor(at / 60_000) * 60_000 - (hours * 60 + minutes) * 60_000;
}

/** The beginnings of the days from that of `first` to the one after `last`, evenly left out so that at most `most` stay. */
export function daysBetween(first: number, last: number, zone: string, most: number): number[] {
  const start = midnight(first, zone);
  const whole = Math.round((midnight(last, zone) - start) / DAY_MS) + 1;
  const step = Math.ceil(whole / (most - 1));
  // From the middle of each day, so that a day of 23 or 25 hours is neither left out nor said twice.
  return Array.from({ length: Math.ceil(whole / step) + 1 }, (_, at) => midnight(start + (at * step + 0.5) * DAY_MS, zone));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(iso: string, now: Date): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return words.format(Math.round(seconds / length), unit);
}

/** "2 hours ago", the exact time in the home's zone on hover. */
export function Ago({ at }: { at: string }) {
  const zone = useContext(HomeZone);
  return (
    <time dateTime={at} title={`${formatted(at, zone)} (${zone})`}>
      {ago(at, new Date())}
    </time>
  );
}

export function Moment({ at, shape = "both" }: { at: string; shape?: Shape }) {
  const zone = useContext(HomeZone);
  return (
    <time dateTime={at} title={zone}>
      {formatted(at, zone, shape)}
    </time>
  );
}

export function duration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
