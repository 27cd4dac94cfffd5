import { CheckCircleIcon } from "@heroicons/react/20/solid";
import { ExclamationTriangleIcon, HandRaisedIcon, NoSymbolIcon } from "@heroicons/react/16/solid";
import type { ProblemAnswer, Severity } from "../api/schema";
import { Badge, type Icon, type Tone } from "./Badge";
import { Moment } from "./times";

const SEVERITIES: Record<Severity, [string, Tone, Icon]> = {
  block: ["Blocks", "bad", NoSymbolIcon],
  ask: ["Asks for a second yes", "warn", HandRaisedIcon],
  warn: ["Good to know", "muted", ExclamationTriangleIcon],
};

const ORDER: Severity[] = ["block", "ask", "warn"];

/** What the checks say, what hinders first, each with its way out. */
export function ProblemList({ problems }: { problems: ProblemAnswer[] }) {
  if (problems.length === 0) {
    return (
      <p className="flex items-center gap-2 text-good">
        <CheckCircleIcon className="h-5 w-5" aria-hidden="true" />
        All checks pass.
      </p>
    );
  }
  const sorted = [...problems].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ul className="space-y-2.5">
      {sorted.map((problem, at) => (
        <Finding key={`${at} ${problem.check} ${problem.path}`} problem={problem} />
      ))}
    </ul>
  );
}

function Finding({ problem }: { problem: ProblemAnswer }) {
  const [word, tone, icon] = SEVERITIES[problem.severity];
  return (
    <li className="rounded-xl border border-line p-3.5 [overflow-wrap:anywhere]">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <code className="text-xs text-muted">{[problem.check, problem.path, problem.line && `line ${problem.line}`].filter(Boolean).join(" · ")}</code>
      </div>
      <p className="mt-1.5">{problem.message}</p>
      {problem.mend && (
        <p className="mt-0.5 text-sm text-muted">
          <span className="font-semibold">Way out:</span> {problem.mend}
        </p>
      )}
      {problem.dates.length > 0 && (
        <details className="mt-1 text-sm">
          <summary className="cursor-pointer text-muted">It would have shown {problem.dates.length === 1 ? "once" : `${problem.dates.length} times`}</summary>
          <ul className="mt-1 flex flex-wrap gap-x-4 tabular-nums">
            {problem.dates.map((at) => (
              <li key={at}>
                <Moment at={at} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
