import { CheckCircleIcon, MinusCircleIcon, XCircleIcon } from "@heroicons/react/20/solid";
import type { Dependency } from "../../api/schema";

const NAMES: Record<Dependency["name"], string> = {
  home: "Home",
  broker: "Broker",
  model: "Model",
  repository: "Repository",
  disk: "Disk",
  schedule: "Schedule",
  history: "History",
};

/** What it is connected to, and what to do where it is not. */
export function Connections({ dependencies }: { dependencies: Dependency[] }) {
  return (
    <ul className="divide-y divide-line">
      {dependencies.map((one) => (
        <li key={one.name} className="flex gap-3 py-3 first:pt-0 last:pb-0">
          <Mark ok={one.ok} />
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p>
              <span className="font-semibold">{NAMES[one.name]}</span> <span className="text-sm text-muted">{wordFor(one)}</span>
            </p>
            <p className="text-sm">{one.words}</p>
            {one.mend && <p className="text-sm text-muted">{one.mend}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Mark({ ok }: { ok: Dependency["ok"] }) {
  if (ok === null) return <MinusCircleIcon className="mt-0.5 h-5 w-5 shrink-0 text-muted" aria-hidden="true" />;
  if (ok) return <CheckCircleIcon className="mt-0.5 h-5 w-5 shrink-0 text-good" aria-hidden="true" />;
  return <XCircleIcon className="mt-0.5 h-5 w-5 shrink-0 text-bad" aria-hidden="true" />;
}

/** What is not reached over a network is not connected but well or not. */
const HERE: Dependency["name"][] = ["repository", "disk", "schedule", "history"];

function wordFor({ name, ok }: Dependency): string {
  if (ok === null) return "not set up";
  if (HERE.includes(name)) return ok ? "well" : "needs a look";
  return ok ? "connected" : "not connected";
}
