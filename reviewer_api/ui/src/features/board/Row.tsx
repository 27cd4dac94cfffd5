import { ChevronRightIcon, HandRaisedIcon } from "@heroicons/react/20/solid";
import { Link } from "react-router-dom";
import type { SuggestionRow } from "../../api/schema";
import { Badge } from "../../components/Badge";
import { StateBadge } from "../../components/states";
import { Strength } from "../../components/Strength";
import { Ago } from "../../components/times";
import { kindWord } from "./shelves";

const VERBS: Partial<Record<SuggestionRow["state"], string>> = {
  open: "Decide",
  edited: "Decide",
  held_back: "Mend",
  snoozed: "Wake",
  degraded: "Look into it",
  refused: "Look into it",
  declined: "Reopen",
  rolled_back: "Reopen",
  unmanaged: "Reopen",
  faded: "Reopen",
};

type Props = { row: SuggestionRow; picked: boolean; pick?: (habitId: string, on: boolean) => void };

/** One suggestion in one line: the sentence, how sure, how old, and the one action that moves it. */
export function Row({ row, picked, pick }: Props) {
  return (
    <li className={`group relative flex items-start gap-3 px-4 py-3.5 sm:px-5 ${picked ? "bg-dusk-soft" : "hover:bg-sunken/60"}`}>
      {pick && (
        // The whole corner takes the touch, not just the small box.
        <label className="relative z-10 -my-3.5 -ml-4 -mr-3 flex shrink-0 cursor-pointer items-start py-[1.15rem] pl-4 pr-3 sm:-ml-5 sm:pl-5">
          <span className="sr-only">Pick {row.title.slice(0, 120)}</span>
          <input
            type="checkbox"
            checked={picked}
            onChange={(event) => pick(row.habit_id, event.target.checked)}
            className="h-4 w-4 [@media(pointer:coarse)]:h-5 [@media(pointer:coarse)]:w-5"
          />
        </label>
      )}
      <div className="min-w-0 flex-1">
        <Link
          data-row
          to={`/suggestions/${encodeURIComponent(row.habit_id)}`}
          className="line-clamp-3 font-semibold leading-snug sm:line-clamp-2 [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:ring-0 focus-visible:after:ring-2 focus-visible:after:ring-inset focus-visible:after:ring-dusk"
        >
          <bdi>{row.title}</bdi>
        </Link>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
          <StateBadge state={row.state} />
          {row.needs_second_yes && (
            <Badge tone="warn" icon={HandRaisedIcon}>
              Asks twice
            </Badge>
          )}
          <span className="[overflow-wrap:anywhere]">{[row.area, kindWord(row.kind)].filter(Boolean).join(" · ")}</span>
        </div>
        {row.why && <p className="mt-1 line-clamp-2 text-sm text-muted [overflow-wrap:anywhere]">{row.why}</p>}
        <div className="mt-1.5 flex items-center gap-3 text-sm text-muted sm:hidden">
          <Strength value={row.strength} seen={row.days_seen} possible={row.days_possible} />
          <Ago at={row.proposed_at ?? row.updated_at} />
        </div>
      </div>
      <div className="hidden shrink-0 flex-col items-end gap-1 sm:flex">
        <Strength value={row.strength} seen={row.days_seen} possible={row.days_possible} />
        <span className="text-sm text-muted">
          <Ago at={row.proposed_at ?? row.updated_at} />
        </span>
      </div>
      <span aria-hidden="true" className="mt-0.5 flex w-5 shrink-0 items-center justify-end gap-1 whitespace-nowrap text-sm font-semibold text-dusk md:w-28">
        <span className="hidden md:inline">{VERBS[row.state] ?? "Look"}</span>
        <ChevronRightIcon className="h-5 w-5" />
      </span>
    </li>
  );
}
