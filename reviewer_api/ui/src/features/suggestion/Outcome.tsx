import type { DeployResult } from "../../api/schema";
import { ButtonLink } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { OUTCOMES } from "../../components/outcomes";

export function Outcome({ result }: { result: DeployResult }) {
  const { tone, words } = OUTCOMES[result.outcome];
  return (
    <Callout tone={tone} role="status" title={words} actions={result.outcome === "held" && <ButtonLink to="/plan">Look at the plan</ButtonLink>}>
      {result.why && <p>{result.why}</p>}
      {result.merge && (
        <p className="text-muted">
          Merged as <code>{result.merge.slice(0, 8)}</code>
          {result.revert && (
            <>
              , reverted by <code>{result.revert.slice(0, 8)}</code>
            </>
          )}
        </p>
      )}
    </Callout>
  );
}
