import { lazy, Suspense, useContext } from "react";
import type { EvidenceAnswer } from "../api/schema";
import { clock } from "./charts/parts";
import { duration, formattedDay, HomeZone } from "./times";

const DayMap = lazy(async () => ({ default: (await import("./charts")).DayMap }));
const DelayHistogram = lazy(async () => ({ default: (await import("./charts")).DelayHistogram }));

/** Why we think so, as a picture, and the same as a table for who does not see pictures. */
export function EvidencePicture({ evidence }: { evidence: EvidenceAnswer }) {
  const zone = useContext(HomeZone);
  const days = Object.entries(evidence.seen_minutes).sort();
  const isMap = days.length > 0;
  if (!isMap && evidence.delays.length === 0) return null;
  return (
    <figure>
      <div aria-hidden="true" className="min-h-[220px] [&_*]:outline-none">
        <Suspense fallback={<div className="h-[220px] rounded-xl bg-sunken motion-safe:animate-pulse" />}>
          {isMap ? <DayMap evidence={evidence} /> : <DelayHistogram delays={evidence.delays} />}
        </Suspense>
      </div>
      <figcaption className="mt-1 text-xs text-muted">{isMap ? `When you did it, day by day; times in ${zone}.` : "How long after it you did it."}</figcaption>
      <details className="mt-2 text-sm">
        <summary className="cursor-pointer font-medium text-muted">The same in figures</summary>
        <ul className="mt-2 columns-1 gap-8 tabular-nums sm:columns-2">
          {isMap
            ? days.map(([day, minutes]) => (
                <li key={day}>
                  {formattedDay(day)}: {minutes.map(clock).join(", ")}
                </li>
              ))
            : [...evidence.delays].sort((a, b) => a - b).map((delay, at) => <li key={at}>{duration(delay)}</li>)}
        </ul>
      </details>
    </figure>
  );
}
