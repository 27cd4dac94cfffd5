import { lazy, Suspense, useContext } from "react";
import type { PatternList } from "../api/schema";
import { Section } from "./Section";
import { daysBetween, formatted, HomeZone, Moment } from "./times";

const OddMap = lazy(async () => ({ default: (await import("./charts")).OddMap }));

const PLOTTED_ENTITIES = 14;
const SAID_DAYS = 5;

/** What was odd: a picture over time, and each with its reason. */
export function Anomalies({ found }: { found: PatternList["anomalies"] }) {
  const zone = useContext(HomeZone);
  if (found.length === 0) return null;
  const odd = found.map((one) => ({
    name: String(one.entity_id),
    start: String(one.start),
    reason: String(one.reason),
    score: Number(one.score),
  }));
  const names = [...new Set(odd.map(({ name }) => name))].slice(0, PLOTTED_ENTITIES);
  const points = odd.filter(({ name, start }) => start && names.includes(name)).map((one) => ({ ...one, at: Date.parse(one.start) }));
  const moments = points.map(({ at }) => at);
  const days = daysBetween(Math.min(...moments), Math.max(...moments), zone, SAID_DAYS);
  return (
    <Section title="What was odd">
      {points.length > 0 && (
        <div aria-hidden="true" className="mb-4 [&_*]:outline-none">
          <Suspense fallback={<div className="h-56 rounded-xl bg-sunken motion-safe:animate-pulse" />}>
            <OddMap found={points} days={days} format={(at) => formatted(new Date(at).toISOString(), zone, "day")} />
          </Suspense>
        </div>
      )}
      <ul className="divide-y divide-line text-sm">
        {odd.map((one, at) => (
          <li key={`${at} ${one.name}`} className="py-2 [overflow-wrap:anywhere]">
            <code className="text-xs">{one.name}</code> {one.start && <Moment at={one.start} />}: {one.reason}
          </li>
        ))}
      </ul>
    </Section>
  );
}
