import { expect, test } from "vitest";
import { page } from "../../testing/server";
import { byWeekday, middleMinute, whenWords } from "./when";

const evidence = { ...page.evidence, seen_minutes: { "2026-11-02": [400, 410], "2026-11-08": [1300] } };

test("a habit stands at the middle of its times, and one never seen at the end of the day", () => {
  expect(middleMinute(evidence)).toBe(410);
  expect(middleMinute({ ...evidence, seen_minutes: {} })).toBe(1440);
});

test("days are counted by weekday, Monday first", () => {
  expect(byWeekday(evidence)).toEqual([1, 0, 0, 0, 0, 0, 1]);
});

test("the strip is also said in words", () => {
  expect(whenWords(evidence)).toBe("3 times, half of them between 06:40 and 21:40.");
});
