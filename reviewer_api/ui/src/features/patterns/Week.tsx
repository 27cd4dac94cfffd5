import type { EvidenceAnswer } from "../../api/schema";
import { weekdayName } from "../../components/times";
import { byWeekday } from "./when";

/** How often on each day of the week, Monday first. */
export function Week({ evidence }: { evidence: EvidenceAnswer }) {
  const counts = byWeekday(evidence);
  const most = Math.max(...counts, 1);
  return (
    <ul className="grid max-w-[9rem] grid-cols-7 gap-0.5" aria-label="Days of the week">
      {counts.map((count, day) => (
        <li key={day} title={`${weekdayName(day, "long")}: ${count}`} className="text-center text-[11px] font-medium leading-4 text-muted">
          <span className="block h-3 overflow-hidden rounded-sm bg-sunken" aria-hidden="true">
            <span className="block h-full bg-dawn" style={{ opacity: count / most }} />
          </span>
          <span aria-hidden="true">{weekdayName(day, "narrow")}</span>
          <span className="sr-only">
            {weekdayName(day, "long")}: {count}
          </span>
        </li>
      ))}
    </ul>
  );
}
