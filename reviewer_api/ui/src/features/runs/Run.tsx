import { ChevronLeftIcon } from "@heroicons/react/20/solid";
import { lazy, Suspense, useContext, type ReactNode } from "react";
import { Link, useParams } from "react-router-dom";
import { useRun } from "../../api/runs";
import type { RunPage } from "../../api/schema";
import { Callout } from "../../components/Callout";
import { Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { Section } from "../../components/Section";
import { ShowMore } from "../../components/ShowMore";
import { formatted, HomeZone, Moment } from "../../components/times";
import { Anomalies } from "./Anomalies";
import { OutcomeBadge } from "./outcomes";

const StageBars = lazy(async () => ({ default: (await import("../../components/charts")).StageBars }));
const CountBars = lazy(async () => ({ default: (await import("../../components/charts")).CountBars }));

/** One night: what it read, what it found, and why the rest was left. */
export function Run() {
  const { runId = "" } = useParams();
  return (
    <>
      <Link to="/runs" className="-ml-1 mb-3 inline-flex items-center gap-1 rounded text-sm font-semibold text-muted hover:text-ink">
        <ChevronLeftIcon className="h-4 w-4" aria-hidden="true" /> Nights
      </Link>
      <Loaded query={useRun(runId)}>{(page) => <Body page={page} />}</Loaded>
    </>
  );
}

function Body({ page }: { page: RunPage }) {
  const { row } = page;
  const zone = useContext(HomeZone);
  return (
    <>
      <PageTitle title={`Night of ${formatted(row.started, zone, "day")}`}>
        <p className="flex flex-wrap items-center gap-3 text-sm">
          <OutcomeBadge outcome={row.outcome} />
          <span>
            Started <Moment at={row.started} shape="time" />
            {row.finished && (
              <>
                , finished <Moment at={row.finished} shape="time" />
              </>
            )}
          </span>
        </p>
      </PageTitle>
      <div className="space-y-6">
        {row.why && <Callout tone={row.outcome === "done" ? "dusk" : "warn"}>{row.why}</Callout>}
        <Figures page={page} />
        {page.notes.length > 0 && (
          <Section title="Good to know">
            <ul className="list-disc space-y-1 pl-5 [overflow-wrap:anywhere]">
              {page.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Section>
        )}
        <Found page={page} />
        <div className="grid gap-6 lg:grid-cols-2">
          <Counts title="Why the rest was left" rows={page.skipped.map(({ reason, count }) => ({ name: reason, count }))} />
          <Counts title="Who acted in the home" rows={Object.entries(page.origins).map(([name, count]) => ({ name, count }))} />
        </div>
        <Anomalies found={page.anomalies} />
        {page.stages.length > 0 && (
          <Section title="Where the time went">
            <Chart rows={page.stages.map(({ stage, seconds }) => `${stage}: ${seconds.toFixed(2)} s`)}>
              <StageBars stages={page.stages} />
            </Chart>
          </Section>
        )}
      </div>
    </>
  );
}

function Figures({ page }: { page: RunPage }) {
  const { row, window, peak_rss_mb } = page;
  const figures: [string, ReactNode][] = [
    ["Events read", row.events?.toLocaleString("en")],
    ["Habits found", row.found],
    ["New suggestions", row.proposed],
    ["Memory at its peak", peak_rss_mb && `${Math.round(peak_rss_mb)} MB`],
    ["From", window.start && <Moment key="start" at={window.start} shape="day" />],
    ["To", window.end && <Moment key="end" at={window.end} shape="day" />],
  ];
  const known = figures.filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (known.length === 0) return null;
  return (
    <dl className="card grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 lg:grid-cols-6">
      {known.map(([name, value]) => (
        <div key={name} className="bg-surface p-4">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="mt-0.5 font-display text-xl font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Found({ page }: { page: RunPage }) {
  if (page.suggestions.length === 0) return null;
  return (
    <Section title="What it found">
      <ShowMore
        items={page.suggestions}
        row={(one) => (
          <li key={one.habit_id} className="py-2.5 first:pt-0 last:pb-0 [overflow-wrap:anywhere]">
            <Link to={`/suggestions/${encodeURIComponent(one.habit_id ?? "")}`} className="font-semibold hover:underline">
              <bdi>{one.title}</bdi>
            </Link>
            <p className="text-sm text-muted">
              {one.outcome?.replaceAll("_", " ")}
              {one.why && `: ${one.why}`}
            </p>
          </li>
        )}
      />
    </Section>
  );
}

function Counts({ title, rows }: { title: string; rows: { name: string; count: number }[] }) {
  if (rows.length === 0) return null;
  const sorted = [...rows].sort((a, b) => b.count - a.count);
  return (
    <Section title={title}>
      <Chart rows={sorted.map(({ name, count }) => `${name}: ${count}`)}>
        <CountBars rows={sorted} />
      </Chart>
    </Section>
  );
}

/** A picture for the eye, the same as a list for the ear. */
function Chart({ rows, children }: { rows: string[]; children: ReactNode }) {
  return (
    <>
      <div aria-hidden="true" className="[&_*]:outline-none">
        <Suspense fallback={<div className="h-56 rounded-xl bg-sunken motion-safe:animate-pulse" />}>{children}</Suspense>
      </div>
      <ul className="sr-only">
        {rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
    </>
  );
}
