import { BoltIcon, CheckIcon, MinusIcon, XMarkIcon } from "@heroicons/react/16/solid";
import { useContext } from "react";
import type { BacktestAnswer, BacktestDay } from "../api/schema";
import type { Icon } from "./Badge";
import { dayOf, duration, formatted, formattedDay, HomeZone, weekdayName } from "./times";

type Verdict = "matched" | "false" | "missed" | "acted" | "quiet";

const LOOKS: Record<Verdict, { words: string; box: string; icon: Icon | null }> = {
  matched: { words: "as you did", box: "bg-good-soft text-good border-good/40", icon: CheckIcon },
  false: { words: "would have acted, nobody did", box: "bg-bad-soft text-bad border-bad/50", icon: XMarkIcon },
  missed: { words: "you did, it would not have", box: "bg-warn-soft text-warn border-warn/50", icon: MinusIcon },
  acted: { words: "would have acted", box: "bg-dusk-soft text-dusk border-dusk/40", icon: BoltIcon },
  quiet: { words: "nothing to do", box: "bg-sunken text-muted border-line", icon: null },
};

const COMPARED: Verdict[] = ["matched", "false", "missed", "quiet"];
const ALONE: Verdict[] = ["acted", "quiet"];

/** Had it been there: each day of the history, what it would have done, in sight and in words. */
export function BacktestStrip({ backtest }: { backtest: BacktestAnswer }) {
  const zone = useContext(HomeZone);
  const compared = isCompared(backtest);
  if (!backtest.computable) {
    return <p className="rounded-xl border border-line bg-sunken p-3.5 text-sm">It cannot be told from the history: {backtest.reason}</p>;
  }
  return (
    <div className="space-y-3">
      <p>
        <Sentence backtest={backtest} />
      </p>
      <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
        <Calendar days={wholeWindow(backtest, zone)} acted={compared ? "matched" : "acted"} />
        <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-sm text-muted sm:flex-col" aria-label="What the marks mean">
          {(compared ? COMPARED : ALONE).map((verdict) => (
            <li key={verdict} className="flex items-center gap-2">
              <Mark verdict={verdict} />
              {LOOKS[verdict].words}
            </li>
          ))}
        </ul>
      </div>
      <Wrong backtest={backtest} />
    </div>
  );
}

function Sentence({ backtest }: { backtest: BacktestAnswer }) {
  const lead = backtest.lead_seconds;
  const idle = backtest.fired - backtest.matched - backtest.false;
  if (!isCompared(backtest)) {
    return (
      <>
        It would have acted <b>{times(backtest.fired)}</b>. Whether somebody did the same by hand, the history does not tell.
      </>
    );
  }
  const early = lead === null || Math.abs(lead) < 30 ? "" : `, mostly ${duration(lead)} ${lead > 0 ? "before" : "after"} you did`;
  return (
    <>
      It would have acted <b>{times(backtest.fired)}</b>: {backtest.matched} as you did yourself{early}; <b>{backtest.false} when nobody did</b>
      {idle > 0 && <>; {times(idle)} there was nothing left to do</>}
      {backtest.missed > 0 && <>; {times(backtest.missed)} you did it and it would not have</>}
      {backtest.undone > 0 && <>; {times(backtest.undone)} you undid it soon after</>}.
    </>
  );
}

/** The history shows what people did with the thing that it acts on. */
function isCompared({ matched, false: wrong, missed }: BacktestAnswer): boolean {
  return matched + wrong + missed > 0;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** A week a row, so that a habit of weekdays is seen at a glance. */
function Calendar({ days, acted }: { days: BacktestDay[]; acted: Verdict }) {
  const before = days[0] ? (new Date(`${days[0].day}T12:00:00Z`).getUTCDay() + 6) % 7 : 0;
  return (
    <div className="w-full max-w-[20rem]">
      <p className="mb-1 grid grid-cols-7 gap-1 text-center text-xs text-muted" aria-hidden="true">
        {Array.from({ length: 7 }, (_, at) => (
          <span key={at}>{weekdayName(at, "short")}</span>
        ))}
      </p>
      <ol className="grid grid-cols-7 gap-1" aria-label="Each day of the history">
        {Array.from({ length: before }, (_, at) => (
          <li key={at} aria-hidden="true" />
        ))}
        {days.map((day) => (
          <Day key={day.day} day={day} acted={acted} />
        ))}
      </ol>
    </div>
  );
}

function Day({ day, acted }: { day: BacktestDay; acted: Verdict }) {
  const zone = useContext(HomeZone);
  const verdict = verdictOn(day, acted);
  const hours = [...day.matched, ...day.false, ...day.missed].sort().map((at) => formatted(at, zone, "time"));
  const words = `${formattedDay(day.day)}: ${LOOKS[verdict].words}${hours.length ? ` (${hours.join(", ")})` : ""}`;
  return (
    <li title={words} className={`flex h-8 items-center justify-center gap-0.5 rounded-md border text-xs tabular-nums ${LOOKS[verdict].box}`}>
      <span aria-hidden="true">{Number(day.day.slice(8))}</span>
      <Sign verdict={verdict} />
      <span className="sr-only">{words}</span>
    </li>
  );
}

function Mark({ verdict }: { verdict: Verdict }) {
  return (
    <span className={`flex h-5 w-5 shrink-0 items-center justify-center rounded border ${LOOKS[verdict].box}`} aria-hidden="true">
      <Sign verdict={verdict} />
    </span>
  );
}

function Sign({ verdict }: { verdict: Verdict }) {
  const Icon = LOOKS[verdict].icon;
  return Icon && <Icon className="h-3.5 w-3.5 shrink-0" aria-hidden="true" />;
}

/** The dates that speak against it, as text. */
function Wrong({ backtest }: { backtest: BacktestAnswer }) {
  const wrong = backtest.days.filter((day) => day.false.length > 0 || day.missed.length > 0);
  if (wrong.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="cursor-pointer font-medium text-muted">The dates that do not fit</summary>
      <ul className="mt-2 space-y-0.5 tabular-nums">
        {wrong.map((day) => (
          <WrongDay key={day.day} day={day} />
        ))}
      </ul>
    </details>
  );
}

function WrongDay({ day }: { day: BacktestDay }) {
  const zone = useContext(HomeZone);
  const hours = (moments: string[]) => moments.map((at) => formatted(at, zone, "time")).join(", ");
  const parts = [day.false.length > 0 && `would have acted at ${hours(day.false)}, nobody did`, day.missed.length > 0 && `you did it at ${hours(day.missed)}, it would not have`];
  return (
    <li>
      <span className="font-medium">{formattedDay(day.day)}</span>: {parts.filter(Boolean).join("; ")}
    </li>
  );
}

function verdictOn(day: BacktestDay, acted: Verdict): Verdict {
  if (day.false.length > 0) return "false";
  if (day.missed.length > 0) return "missed";
  return day.matched.length > 0 ? acted : "quiet";
}

/** The days on which nothing was to tell are missing in the answer, not in the calendar. */
function wholeWindow({ days, start, end }: BacktestAnswer, zone: string): BacktestDay[] {
  const told = new Map(days.map((day) => [day.day, day]));
  const all = [...told.keys(), dayOf(start, zone), dayOf(end, zone)].sort();
  const whole: BacktestDay[] = [];
  const last = new Date(`${all.at(-1)}T12:00:00Z`);
  for (const day = new Date(`${all[0]}T12:00:00Z`); day <= last && whole.length < 400; day.setUTCDate(day.getUTCDate() + 1)) {
    const key = day.toISOString().slice(0, 10);
    whole.push(told.get(key) ?? { day: key, matched: [], false: [], missed: [] });
  }
  return whole;
}
