import { CheckIcon, MinusIcon, XMarkIcon } from "@heroicons/react/16/solid";
import { useContext } from "react";
import type { BacktestAnswer, BacktestDay } from "../api/schema";
import type { Icon } from "./Badge";
import { duration, formatted, formattedDay, HomeZone } from "./times";

type Verdict = "matched" | "false" | "missed" | "quiet";

const LOOKS: Record<Verdict, { words: string; box: string; icon: Icon | null }> = {
  matched: { words: "matched", box: "bg-good-soft text-good border-good/40", icon: CheckIcon },
  false: { words: "would have been wrong", box: "bg-bad-soft text-bad border-bad/50", icon: XMarkIcon },
  missed: { words: "missed", box: "bg-warn-soft text-warn border-warn/50", icon: MinusIcon },
  quiet: { words: "nothing", box: "bg-sunken border-line", icon: null },
};

/** Had it been there: each day of the history, what it would have done, in sight and in words. */
export function BacktestStrip({ backtest }: { backtest: BacktestAnswer }) {
  if (!backtest.computable) {
    return <p className="rounded-xl border border-line bg-sunken p-3.5 text-sm">It cannot be told from the history: {backtest.reason}</p>;
  }
  return (
    <div className="space-y-3">
      <p>
        <Sentence backtest={backtest} />
      </p>
      <ol className="flex flex-wrap gap-1" aria-label="Each day of the history">
        {wholeWindow(backtest).map((day) => (
          <Day key={day.day} day={day} />
        ))}
      </ol>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted" aria-label="What the marks mean">
        {(["matched", "false", "missed"] as const).map((verdict) => (
          <li key={verdict} className="flex items-center gap-1.5">
            <Mark verdict={verdict} />
            {LOOKS[verdict].words}
          </li>
        ))}
      </ul>
      <Wrong backtest={backtest} />
    </div>
  );
}

function Sentence({ backtest }: { backtest: BacktestAnswer }) {
  const lead = backtest.lead_seconds;
  const early = lead === null || Math.abs(lead) < 30 ? "" : `, mostly ${duration(lead)} ${lead > 0 ? "before" : "after"} you did`;
  return (
    <>
      It would have acted <b>{times(backtest.fired)}</b>: {backtest.matched} as you did yourself{early}; <b>{backtest.false} when nobody did</b>
      {backtest.missed > 0 && <>; {times(backtest.missed)} you did it and it would not have</>}
      {backtest.undone > 0 && <>; {times(backtest.undone)} you undid it soon after</>}.
    </>
  );
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function Day({ day }: { day: BacktestDay }) {
  const zone = useContext(HomeZone);
  const verdict = verdictOn(day);
  const hours = [...day.matched, ...day.false, ...day.missed].sort().map((at) => formatted(at, zone, "time"));
  const words = `${formattedDay(day.day)}: ${LOOKS[verdict].words}${hours.length ? ` (${hours.join(", ")})` : ""}`;
  return (
    <li title={words}>
      <Mark verdict={verdict} />
      <span className="sr-only">{words}</span>
    </li>
  );
}

function Mark({ verdict }: { verdict: Verdict }) {
  const { box, icon: Icon } = LOOKS[verdict];
  return (
    <span className={`flex h-5 w-5 items-center justify-center rounded border ${box}`} aria-hidden="true">
      {Icon && <Icon className="h-3.5 w-3.5" />}
    </span>
  );
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

function verdictOn(day: BacktestDay): Verdict {
  if (day.false.length > 0) return "false";
  if (day.missed.length > 0) return "missed";
  return day.matched.length > 0 ? "matched" : "quiet";
}

/** The days on which nothing was to tell are missing in the answer, not in the calendar. */
function wholeWindow({ days, start, end }: BacktestAnswer): BacktestDay[] {
  const told = new Map(days.map((day) => [day.day, day]));
  const all = [...told.keys(), start.slice(0, 10), end.slice(0, 10)].filter(Boolean).sort();
  const whole: BacktestDay[] = [];
  const last = new Date(`${all.at(-1)}T12:00:00Z`);
  for (const day = new Date(`${all[0]}T12:00:00Z`); day <= last && whole.length < 400; day.setUTCDate(day.getUTCDate() + 1)) {
    const key = day.toISOString().slice(0, 10);
    whole.push(told.get(key) ?? { day: key, matched: [], false: [], missed: [] });
  }
  return whole;
}
