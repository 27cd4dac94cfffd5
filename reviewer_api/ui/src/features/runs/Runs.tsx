import { ChevronRightIcon, MoonIcon } from "@heroicons/react/20/solid";
import { Link } from "react-router-dom";
import { useRuns, useStartRun } from "../../api/runs";
import type { RunList, RunRow } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { Button } from "../../components/Button";
import { Empty, Failed, Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { duration, Moment } from "../../components/times";
import { Live } from "./Live";
import { OutcomeBadge } from "./outcomes";

/** The nights, and the one that a person starts by day. */
export function Runs() {
  const runs = useRuns();
  const start = useStartRun();
  const mayDecide = useMayDecide();
  const running = runs.data?.items.find((run) => run.outcome === "running");
  return (
    <>
      <PageTitle
        title="Nights"
        actions={
          mayDecide && (
            <Button look="primary" busy={start.isPending} disabled={running !== undefined} onClick={() => start.mutate()}>
              <MoonIcon aria-hidden="true" />
              Analyse now
            </Button>
          )
        }
      >
        {/* Room for what comes: two lines on a phone. */}
        <p className="min-h-[3.3em] sm:min-h-[1.65em]">{runs.data && <Schedule list={runs.data} />}</p>
      </PageTitle>
      <div className="space-y-4">
        {start.error && <Failed error={start.error} />}
        {running && <Live key={running.run_id} run={running} />}
        <Loaded query={runs}>{(list) => <Rows list={list} />}</Loaded>
      </div>
    </>
  );
}

function Schedule({ list }: { list: RunList }) {
  return (
    <>
      {list.next_run ? (
        <>
          The next starts <Moment at={list.next_run} />
        </>
      ) : (
        "No night is planned"
      )}
{list.schedule && <>, {scheduleWords(list.schedule)}</>}.
    </>
  );
}

/** A plain daily schedule in words; any other as it is written in the settings. */
function scheduleWords(schedule: string) {
  const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(schedule);
  if (daily) return `and then every night at ${daily[2]?.padStart(2, "0")}:${daily[1]?.padStart(2, "0")}`;
  return (
    <>
      and then by the schedule <code className="whitespace-nowrap text-sm">{schedule}</code>
    </>
  );
}

function Rows({ list }: { list: RunList }) {
  if (list.items.length === 0) {
    return <Empty title="No night has run yet">Start one with “Analyse now”, or wait for the schedule.</Empty>;
  }
  return (
    <ul className="card divide-y divide-line overflow-hidden">
      {list.items.map((run) => (
        <Row key={run.run_id} run={run} />
      ))}
    </ul>
  );
}

function Row({ run }: { run: RunRow }) {
  const facts = [
    run.events !== null && run.events !== undefined && `${run.events.toLocaleString("en")} events`,
    run.found !== null && run.found !== undefined && `${run.found} habits`,
    run.proposed !== null && run.proposed !== undefined && `${run.proposed} new suggestions`,
    run.finished && duration((Date.parse(run.finished) - Date.parse(run.started)) / 1000),
  ].filter(Boolean);
  return (
    <li className="relative flex items-center gap-3 px-4 py-3.5 hover:bg-sunken/60 sm:px-5">
      <div className="min-w-0 flex-1">
        <Link to={`/runs/${encodeURIComponent(run.run_id)}`} className="font-semibold after:absolute after:inset-0 focus-visible:ring-0 focus-visible:after:ring-2 focus-visible:after:ring-inset focus-visible:after:ring-dusk">
          <Moment at={run.started} />
        </Link>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm tabular-nums text-muted">
          <OutcomeBadge outcome={run.outcome} />
          {facts.join(" · ")}
        </p>
        {run.why && <p className="mt-1 text-sm text-muted [overflow-wrap:anywhere]">{run.why}</p>}
      </div>
      <ChevronRightIcon className="h-5 w-5 shrink-0 text-dusk" aria-hidden="true" />
    </li>
  );
}
