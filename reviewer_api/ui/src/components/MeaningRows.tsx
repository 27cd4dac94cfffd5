import { BoltIcon, FunnelIcon, PlayIcon } from "@heroicons/react/20/solid";
import type { Meaning, Part } from "../api/schema";
import type { Icon } from "./Badge";

/** What happens in the home: when, only if, then. */
export function MeaningRows({ meaning }: { meaning: Meaning }) {
  return (
    <dl className="divide-y divide-line overflow-hidden rounded-xl border border-line">
      <Rows name="When" icon={BoltIcon} parts={meaning.triggers.map(withoutWhen)} />
      <Rows name="Only if" icon={FunnelIcon} parts={meaning.conditions} />
      <Rows name="Then" icon={PlayIcon} parts={meaning.actions} />
    </dl>
  );
}

/** The row is headed "When" already. */
function withoutWhen(part: Part): Part {
  return { ...part, words: part.words.replace(/^when /, "") };
}

function Rows({ name, icon: Icon, parts }: { name: string; icon: Icon; parts: Part[] }) {
  if (parts.length === 0) return null;
  return (
    <div className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[6.5rem_1fr]">
      <dt className="flex items-center gap-2 self-start text-sm font-semibold text-muted">
        <Icon className="h-4 w-4 text-dawn" aria-hidden="true" />
        {name}
      </dt>
      {parts.map((part, at) => (
        // The order is the automation's own; equal parts may stand twice.
        <dd key={`${at} ${part.words}`} className="min-w-0 sm:col-start-2">
          <p className="font-medium [overflow-wrap:anywhere]">
            <bdi>{part.words}</bdi>
          </p>
          {part.entities.length > 0 && (
            <p className="flex flex-wrap gap-x-3 text-xs text-muted [overflow-wrap:anywhere]">
              {part.areas.length > 0 && <span>{part.areas.join(", ")}</span>}
              {part.entities.map((entity) => (
                <code key={entity}>{entity}</code>
              ))}
            </p>
          )}
        </dd>
      ))}
    </div>
  );
}
