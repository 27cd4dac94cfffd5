import type { TimelineEntry } from "../../api/schema";
import { Section } from "../../components/Section";
import { Ago } from "../../components/times";

export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  return (
    <Section title="What happened so far">
      <ol className="relative space-y-4 before:absolute before:inset-y-2 before:left-[5px] before:w-px before:bg-line">
        {entries.map((entry) => (
          <li key={entry.sha} className="relative pl-6">
            <span className="absolute left-0 top-[.45rem] h-[11px] w-[11px] rounded-full border-2 border-dawn bg-surface" aria-hidden="true" />
            <p className="[overflow-wrap:anywhere]">
              <span className="font-semibold capitalize">{entry.event.replaceAll("_", " ")}</span> by <bdi>{entry.who}</bdi>
              <span className="text-sm text-muted">
                {" "}
                <Ago at={entry.at} /> · <code className="text-xs">{entry.sha.slice(0, 8)}</code>
              </span>
            </p>
            {entry.why && (
              <p className="text-sm text-muted [overflow-wrap:anywhere]">
                <bdi>{entry.why}</bdi>
              </p>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
