import { lazy, Suspense, useContext, useState } from "react";
import type { EvidenceAnswer } from "../api/schema";
import { clock } from "./charts/parts";
import { Segments } from "./Segments";
import { duration, formattedDay, HomeZone } from "./times";

const DayMap = lazy(async () => ({ default: (await import("./charts")).DayMap }));
const DelayHistogram = lazy(async () => ({ default: (await import("./charts")).DelayHistogram }));

const PICTURES = { delays: "How long after", days: "Day by day" } as const;
type Picture = keyof typeof PICTURES;

/** Why we think so, as a picture, and the same as a list for who does not see pictures. */
export function EvidencePicture({ evidence }: { evidence: EvidenceAnswer }) {
  const zone = useContext(HomeZone);
  const has = { delays: evidence.delays.length > 0, days: Object.keys(evidence.seen_minutes).length > 0 };
  const [wanted, setWanted] = useState<Picture>("delays");
  if (!has.delays && !has.days) return null;
  const picture = has[wanted] ? wanted : "days";
  return (
    <figure>
      {has.delays && has.days && (
        <div className="mb-3">
          <Segments name="Picture" options={PICTURES} chosen={picture} choose={setWanted} />
        </div>
      )}
      <div aria-hidden="true" className="min-h-[220px] [&_*]:outline-none">
        <Suspense fallback={<div className="h-[220px] rounded-xl bg-sunken motion-safe:animate-pulse" />}>
          {picture === "days" ? <DayMap evidence={evidence} /> : <DelayHistogram delays={evidence.delays} />}
        </Suspense>
      </div>
      <figcaption className="mt-1 text-xs text-muted">
        {picture === "days" ? `When you did it, day by day; times in ${zone}.` : "How long after it you did it, and how often."}
      </figcaption>
      <details className="mt-2 text-sm">
        <summary className="cursor-pointer font-medium text-muted">The same in figures</summary>
        <ul className="mt-2 columns-1 gap-8 tabular-nums sm:columns-2">
          {picture === "days" ? <Days evidence={evidence} /> : [...evidence.delays].sort((a, b) => a - b).map((delay, at) => <li key={at}>{duration(delay)}</li>)}
        </ul>
      </details>
    </figure>
  );
}

function Days({ evidence }: { evidence: EvidenceAnswer }) {
  return Object.entries(evidence.seen_minutes)
    .sort()
    .map(([day, minutes]) => (
      <li key={day}>
        {formattedDay(day)}: {minutes.map(clock).join(", ")}
      </li>
    ));
}
