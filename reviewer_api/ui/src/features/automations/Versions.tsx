import { useState } from "react";
import { useVersionDiff } from "../../api/automations";
import type { AutomationPage, Version } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty, Loaded } from "../../components/Loaded";
import { Section } from "../../components/Section";
import { ShowDiff } from "../../components/ShowDiff";
import { Ago } from "../../components/times";
import { RollbackDialog } from "./RollbackDialog";

/** Its history: each commit on main, with what it changed, and the way back to it. */
export function Versions({ page }: { page: AutomationPage }) {
  const mayDecide = useMayDecide();
  const canGoBack = mayDecide && page.actions_allowed.includes("rollback");
  return (
    <Section title="History">
      {page.versions.length === 0 ? (
        <Empty title="No commits">It was made elsewhere, so main knows nothing about it.</Empty>
      ) : (
        <ol className="divide-y divide-line">
          {page.versions.map((version, at) => (
            <Commit key={version.sha} id={page.row.automation_id} version={version} canGoBack={canGoBack && at > 0} />
          ))}
          {canGoBack && <Before id={page.row.automation_id} first={page.versions.at(-1)?.sha ?? ""} />}
        </ol>
      )}
    </Section>
  );
}

function Commit({ id, version, canGoBack }: { id: string; version: Version; canGoBack: boolean }) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const diff = useVersionDiff(id, version.sha, open);
  return (
    <li className="py-3 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="font-semibold [overflow-wrap:anywhere]">
            <bdi>{version.subject}</bdi>
          </p>
          <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            <code className="text-xs">{version.sha.slice(0, 8)}</code> <bdi>{version.who}</bdi> <Ago at={version.at} />
            {version.deployed && <Badge tone="good">The home has this</Badge>}
          </p>
        </div>
        <div className="flex gap-2">
          <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide lines" : "Show lines"}
          </Button>
          {canGoBack && <Button onClick={() => setAsking(true)}>Go back to this</Button>}
        </div>
      </div>
      {open && (
        <div className="mt-3">
          <Loaded query={diff}>{(data) => <ShowDiff diff={data} />}</Loaded>
        </div>
      )}
      <RollbackDialog id={id} to={version.sha} open={asking} close={() => setAsking(false)} />
    </li>
  );
}

/** Not being there is a version too. */
function Before({ id, first }: { id: string; first: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-3 last:pb-0">
      <p className="text-sm text-muted">Before that it was not there.</p>
      <Button onClick={() => setAsking(true)}>Go back to before</Button>
      <RollbackDialog id={id} to={`${first}^`} open={asking} close={() => setAsking(false)} />
    </li>
  );
}
