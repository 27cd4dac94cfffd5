import { expect, test } from "vitest";
import { bars } from "./charts/DelayHistogram";
import { clock } from "./charts/parts";
import { ago, dayOf, daysBetween, duration, formatted } from "./times";

test("times are the home's, wherever the reader sits", () => {
  expect(formatted("2026-07-01T22:30:00Z", "Europe/Amsterdam", "time")).toBe("00:30");
  expect(formatted("2026-01-01T22:30:00Z", "America/New_York", "time")).toBe("17:30");
});

test("a moment belongs to the day that it is at home", () => {
  expect(dayOf("2026-10-25T23:03:00Z", "Europe/Amsterdam")).toBe("2026-10-26");
  expect(dayOf("2026-10-26T03:03:00Z", "America/New_York")).toBe("2026-10-25");
});

test("an axis says every day once, also where the clocks change", () => {
  const said = (first: string, last: string) =>
    daysBetween(Date.parse(first), Date.parse(last), "Europe/Amsterdam", 5).map((at) => dayOf(new Date(at), "Europe/Amsterdam").slice(5));

  expect(said("2026-11-24T22:13:00Z", "2026-11-24T22:13:00Z")).toEqual(["11-24", "11-25"]);
  expect(said("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z")).toEqual(["10-24", "10-25", "10-26", "10-27"]);
  expect(said("2026-11-01T12:00:00Z", "2026-11-10T12:00:00Z")).toEqual(["11-01", "11-04", "11-07", "11-10", "11-13"]);
});

test("an age is said in its largest unit", () => {
  const now = new Date("2026-11-23T12:00:00Z");

  expect(ago("2026-11-20T12:00:00Z", now)).toBe("3 days ago");
  expect(ago("2026-11-23T11:58:00Z", now)).toBe("2 minutes ago");
});

test("durations read as people say them", () => {
  expect([45, 120, 190, 5400].map(duration)).toEqual(["45 s", "2 min", "3 min 10 s", "1 h 30 min"]);
  expect(clock(402)).toBe("06:42");
});

test("the bars of a histogram hold every delay once", () => {
  const delays = [1, 2, 2, 30, 59, 61, 250];

  const drawn = bars(delays);

  expect(drawn.reduce((sum, { count }) => sum + count, 0)).toBe(delays.length);
  expect(drawn.length).toBeLessThanOrEqual(17);
});
