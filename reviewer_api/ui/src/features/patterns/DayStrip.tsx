import type { EvidenceAnswer } from "../../api/schema";
import { MINUTES_OF_DAY } from "./when";

/** The columns of the list: the habit, its day, its week; one below the other on a phone. */
export const ROW = "grid gap-x-6 px-4 sm:px-6 md:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)_7rem]";

const SCALE = [0, 6, 12, 18, 24];
const HEIGHT = 26;

/** The hours over the strips, where there is room for columns. */
export function HourScale() {
  return (
    <div aria-hidden="true" className={`${ROW} hidden pb-1.5 text-xs tabular-nums text-muted md:grid`}>
      <span />
      <span className="flex justify-between">
        {SCALE.map((hour) => (
          <span key={hour}>{String(hour).padStart(2, "0")}:00</span>
        ))}
      </span>
      <span className="text-center">Weekdays</span>
    </div>
  );
}

/** Each time it was done as a stroke at its minute of the day; where many fall together, the strip is dark. */
export function DayStrip({ evidence }: { evidence: EvidenceAnswer }) {
  const minutes = Object.values(evidence.seen_minutes).flat();
  const ink = Math.min(0.85, Math.max(0.22, 5 / Math.max(minutes.length, 1)));
  return (
    <svg viewBox={`0 0 ${MINUTES_OF_DAY} ${HEIGHT}`} preserveAspectRatio="none" className="block h-[26px] w-full overflow-hidden rounded-md bg-sunken" aria-hidden="true">
      {[360, 720, 1080].map((minute) => (
        <line key={minute} x1={minute} x2={minute} y1="0" y2={HEIGHT} className="stroke-line" strokeWidth="1" vectorEffect="non-scaling-stroke" />
      ))}
      {minutes.map((minute, at) => (
        <rect key={at} x={minute - 5} width="10" y="3" height={HEIGHT - 6} className="fill-dawn" fillOpacity={ink} />
      ))}
    </svg>
  );
}
