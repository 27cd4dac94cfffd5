import { useState } from "react";
import { useMend, type Mend } from "../../api/automations";
import type { AutomationPage } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { Button, type Look } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { Dialog } from "../../components/Dialog";
import { useNotice } from "../../components/notice";
import { outcomeWords } from "../../components/outcomes";
import { Ago } from "../../components/times";
import { RollbackDialog } from "./RollbackDialog";
import { RunOnce } from "./RunOnce";

type Told = { verb: string; title: string; will: string; look?: Look };

const MENDS: Record<Mend, Told> = {
  adopt: { verb: "Adopt", title: "Take the home's version?", will: "What the home has now becomes the version on main, as a commit in your name. The home is not changed." },
  reapply: { verb: "Put main's back", title: "Put main's version back?", will: "The home's version is overwritten with what main has, or removed where main has none. The edit made in the home is lost there. At its first change Home Assistant writes its automations.yaml anew, without its comments; all that can be read is kept before." },
  restore: { verb: "Restore", title: "Undo the rollback?", will: "The version from before the rollback comes back to main and to your home." },
  unmanage: { verb: "Unmanage", title: "Let go of it?", will: "It stays in your home as it is; Nightshift never changes or removes it any more.", look: "danger" },
};

const ORDER = ["adopt", "reapply", "restore", "unmanage"] as const;

/** What a person can do with a deployed automation; each says first what it will change. */
export function Actions({ page }: { page: AutomationPage }) {
  const [asking, setAsking] = useState<Mend | "rollback" | null>(null);
  const mayDecide = useMayDecide();
  const id = page.row.automation_id;
  const allowed = ORDER.filter((mend) => mayDecide && page.actions_allowed.includes(mend));
  const close = () => setAsking(null);
  return (
    <aside aria-label="What you can do" className="min-w-0 space-y-3 lg:sticky lg:top-6">
      {page.row.why && <Callout tone="warn">{page.row.why}</Callout>}
      <div className="card space-y-2 p-4">
        <dl className="mb-3 space-y-1 text-sm">
          <Fact name="Deployed">{page.row.deployed_at ? <Ago at={page.row.deployed_at} /> : "not yet"}</Fact>
          <Fact name="Last ran">{page.row.last_fired ? <Ago at={page.row.last_fired} /> : "not yet"}</Fact>
          <Fact name="Turned on">{page.row.enabled === null ? "not known" : page.row.enabled ? "yes" : "no"}</Fact>
        </dl>
        {mayDecide && page.actions_allowed.includes("run") && <RunOnce id={id} />}
        {allowed.map((mend) => (
          <Button key={mend} className="w-full" look={MENDS[mend].look} onClick={() => setAsking(mend)}>
            {MENDS[mend].verb}
          </Button>
        ))}
        {mayDecide && page.actions_allowed.includes("rollback") && (
          <Button className="w-full" look="danger" onClick={() => setAsking("rollback")}>
            Roll back
          </Button>
        )}
      </div>
      {ORDER.map((mend) => (
        <MendDialog key={mend} id={id} mend={mend} open={asking === mend} close={close} />
      ))}
      <RollbackDialog id={id} to={null} open={asking === "rollback"} close={close} />
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex justify-between gap-3">
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}

function MendDialog({ id, mend, open, close }: { id: string; mend: Mend; open: boolean; close: () => void }) {
  const change = useMend(id);
  const say = useNotice();
  const { verb, title, will, look } = MENDS[mend];
  const act = () =>
    change.mutate(mend, {
      onSuccess: (result) => {
        close();
        say(outcomeWords(result));
      },
    });
  return (
    <Dialog open={open} title={title} verb={verb} look={look ?? "primary"} close={close} act={act} busy={change.isPending} error={change.error}>
      <p>{will}</p>
    </Dialog>
  );
}
