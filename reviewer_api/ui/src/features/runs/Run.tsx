import { ChevronLeftIcon } from "@heroicons/react/20/solid";
import { useContext, type ReactNode } from "react";
import { Link, useParams } from "react-router-dom";
import { useRun } from "../../api/runs";
import type { RunPage, StageTime } from "../../api/schema";
import { Anomalies } from "../../components/Anomalies";
import { Bars } from "../../components/Bars";
import { Callout } from "../../components/Callout";
import { Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { Section } from "../../components/Section";
import { ShowMore } from "../../components/ShowMore";
import { duration, formatted, HomeZone, Moment } from "../../components/times";

import { OutcomeBadge } from "./outcomes";

/** The graded origins of a change, in words. */
const ORIGINS: Record<string, string> = {
  app: "A person, by app",
  voice: "A person, by voice",
  wall: "A person, at the wall",
  scene: "A scene",
  script: "A script",
  automation: "An automation",
  device: "The device itself",
  unknown: "Not known: mostly sensors",
};

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
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <div className="space-y-6">
            <Counts title="Why the rest was left" rows={page.skipped.map(({ reason, count }) => ({ name: reason, count }))} />
            <Counts title="Who acted in the home" rows={Object.entries(page.origins).map(([name, count]) => ({ name: ORIGINS[name] ?? name, count }))} />
          </div>
          {page.stages.length > 0 && <Times stages={page.stages} />}
        </div>
        <Anomalies found={page.anomalies} />
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

/** What became of a habit that the night found. */
const OUTCOMES: Record<string, string> = {
  created: "new suggestion",
  refreshed: "suggestion refreshed",
  unchanged: "as before",
  held_back: "held back",
  frozen: "yours, only its evidence is new",
  declined: "declined before",
};

function Found({ page }: { page: RunPage }) {
  if (page.suggestions.length === 0) return null;
  return (
    <Section title="What it found">
      <ShowMore
        items={[...page.suggestions].sort((a, b) => Number(a.outcome === "unchanged") - Number(b.outcome === "unchanged"))}
        row={(one) => (
          <li key={one.habit_id} className="py-2.5 first:pt-0 last:pb-0 [overflow-wrap:anywhere]">
            <Link to={`/suggestions/${encodeURIComponent(one.habit_id ?? "")}`} className="font-semibold hover:underline">
              <bdi>{one.title}</bdi>
            </Link>
            <p className="text-sm text-muted">
              {capitalised(OUTCOMES[one.outcome ?? ""] ?? one.outcome ?? "")}
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
      <Bars rows={sorted.map(({ name, count }) => ({ name: capitalised(name), value: count, words: count.toLocaleString("en") }))} />
    </Section>
  );
}

/** The steps of a night; what else is measured is a part of mining. */
const STEPS = ["read", "mine", "draft", "propose"];

function Times({ stages }: { stages: StageTime[] }) {
  const parts = stages.filter(({ stage }) => !STEPS.includes(stage));
  const rows = STEPS.flatMap((step) => [...stages.filter(({ stage }) => stage === step), ...(step === "mine" ? parts : [])]);
  return (
    <Section title="Where the time went">
      <Bars rows={rows.map(({ stage, seconds }) => ({ name: capitalised(stage), value: seconds, words: shortDuration(seconds), within: !STEPS.includes(stage) }))} />
    </Section>
  );
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function shortDuration(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
}
