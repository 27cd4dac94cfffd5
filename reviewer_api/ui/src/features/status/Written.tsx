import { useDeployments } from "../../api/automations";
import type { DeploymentRow } from "../../api/schema";
import { Loaded } from "../../components/Loaded";
import { Section } from "../../components/Section";
import { ShowMore } from "../../components/ShowMore";
import { Ago } from "../../components/times";

/** What was written to the home. */
export function Written() {
  return (
    <Section title="Deployments">
      <Loaded query={useDeployments()}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-muted">Nothing was written to the home yet.</p>
          ) : (
            <ShowMore items={items} row={(one) => <Deployment key={one.at + one.automation_id + one.action} one={one} />} />
          )
        }
      </Loaded>
    </Section>
  );
}

function Deployment({ one }: { one: DeploymentRow }) {
  return (
    <li className="py-2.5 text-sm [overflow-wrap:anywhere]">
      <p>
        <bdi className="font-semibold">{one.title}</bdi>{" "}
        <span className={one.outcome === "refused" ? "text-bad" : "text-muted"}>{became(one)}</span>
      </p>
      <p className="text-muted">
        <Ago at={one.at} /> · <code className="text-xs">{one.main.slice(0, 8)}</code>
        {one.why && ` · ${one.why}`}
      </p>
    </li>
  );
}

const DONE: Record<string, string> = { create: "added", update: "changed", delete: "removed", settle: "kept as the home has it" };
const NOT_DONE: Record<string, string> = { refused: "refused by the home", pending: "waits", drifted: "left alone, as the home changed it" };

/** What became of it in the home. */
function became({ action, outcome }: DeploymentRow): string {
  return NOT_DONE[outcome] ?? DONE[action] ?? outcome;
}
