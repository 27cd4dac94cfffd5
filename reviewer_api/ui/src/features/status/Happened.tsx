import { useLog } from "../../api/log";
import type { LogEntry } from "../../api/schema";
import { Loaded } from "../../components/Loaded";
import { Section } from "../../components/Section";
import { Ago } from "../../components/times";
import { ShowMore } from "../../components/ShowMore";

/** Who did what, when and why, from git. */
export function Happened() {
  return (
    <Section title="What happened">
      <Loaded query={useLog()}>
        {({ items }) =>
          items.length === 0 ? <p className="text-sm text-muted">Nothing yet.</p> : <ShowMore items={items} row={(entry) => <Entry key={entry.sha + entry.event} entry={entry} />} />
        }
      </Loaded>
    </Section>
  );
}

function Entry({ entry }: { entry: LogEntry }) {
  return (
    <li className="py-2.5 text-sm [overflow-wrap:anywhere]">
      <p>
        <bdi className="font-semibold">{entry.subject}</bdi>
      </p>
      <p className="text-muted">
        <bdi>{entry.who}</bdi>, <Ago at={entry.at} /> · <code className="text-xs">{entry.sha.slice(0, 8)}</code>
        {entry.why && (
          <>
            {" "}
            · <bdi>{entry.why}</bdi>
          </>
        )}
      </p>
    </li>
  );
}
