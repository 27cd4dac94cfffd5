import { Link } from "react-router-dom";
import type { PatternRow as Pattern } from "../../api/schema";
import { StateBadge } from "../../components/states";
import { Strength } from "../../components/Strength";
import { DayStrip, ROW } from "./DayStrip";
import { Week } from "./Week";
import { whenWords } from "./when";

export function PatternRow({ row }: { row: Pattern }) {
  const { evidence } = row;
  return (
    <li className={`relative ${ROW} items-center gap-y-2.5 py-3 hover:bg-sunken/60`}>
      <div className="min-w-0">
        <Link
          to={`/suggestions/${encodeURIComponent(row.habit_id)}`}
          className="line-clamp-2 font-semibold leading-snug [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:ring-0 focus-visible:after:ring-2 focus-visible:after:ring-inset focus-visible:after:ring-dusk"
        >
          <bdi>{row.title}</bdi>
        </Link>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
          <StateBadge state={row.state} />
          <Strength value={row.strength} seen={evidence.days_seen} possible={evidence.days_possible} />
        </p>
      </div>
      <div>
        <DayStrip evidence={evidence} />
        <p className="mt-1 text-xs text-muted">{whenWords(evidence)}</p>
      </div>
      <Week evidence={evidence} />
    </li>
  );
}
