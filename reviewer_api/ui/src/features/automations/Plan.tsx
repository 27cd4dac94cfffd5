import { useConfirmPlan, usePlan } from "../../api/automations";
import type { ChangeAnswer, PlanAnswer } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { Badge, type Tone } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { Empty, Failed, Loaded } from "../../components/Loaded";
import { useNotice } from "../../components/notice";
import { outcomeWords } from "../../components/outcomes";
import { PageTitle } from "../../components/PageTitle";
import { ShowDiff } from "../../components/ShowDiff";

const ACTIONS: Record<ChangeAnswer["action"], [string, Tone]> = {
  create: ["Adds", "good"],
  update: ["Changes", "dusk"],
  delete: ["Removes", "bad"],
};

/** What deploying would do to the home now, and a yes where one is needed. */
export function Plan() {
  return (
    <>
      <PageTitle title="The plan">What deploying would change in your home now.</PageTitle>
      <Loaded query={usePlan()}>{(plan) => <Body plan={plan} />}</Loaded>
    </>
  );
}

function Body({ plan }: { plan: PlanAnswer }) {
  const confirm = useConfirmPlan();
  const say = useNotice();
  const mayDecide = useMayDecide();
  const why = plan.first_write_warning || plan.held;
  if (plan.changes.length === 0) return <Empty title="Nothing to do">Your home is as main wishes it.</Empty>;
  return (
    <div className="space-y-4">
      {why && (
        <Callout
          tone="warn"
          title="It waits for your yes"
          actions={
            mayDecide && (
              <Button look="primary" busy={confirm.isPending} onClick={() => confirm.mutate(plan.plan_hash, { onSuccess: (result) => say(outcomeWords(result)) })}>
                Yes, do exactly this
              </Button>
            )
          }
        >
          {why}
        </Callout>
      )}
      {confirm.error && <Failed error={confirm.error} />}
      <ul className="space-y-4">
        {plan.changes.map((change) => (
          <li key={change.automation_id} className="card min-w-0 p-4 sm:p-5">
            <p className="mb-3 flex flex-wrap items-center gap-2 font-semibold [overflow-wrap:anywhere]">
              <Badge tone={ACTIONS[change.action][1]}>{ACTIONS[change.action][0]}</Badge>
              <bdi>{change.title}</bdi>
            </p>
            <ShowDiff diff={change.diff} />
          </li>
        ))}
      </ul>
    </div>
  );
}
