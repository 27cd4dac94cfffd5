import { useLocation } from "react-router-dom";
import type { Status } from "../api/schema";
import { ButtonLink } from "../components/Button";
import { Callout } from "../components/Callout";

/** What a person must know before they decide anything, on every page. */
export function Banners({ status }: { status: Status | undefined }) {
  const planWaits = useLocation().pathname !== "/plan" && status?.held_plan;
  if (!status?.paused && !planWaits) return null;
  return (
    <section aria-label="What waits" className="mb-6 space-y-3">
      {status?.paused && (
        <Callout tone="warn" title="Everything is paused">
          Nothing is deployed and no night runs. What you approve now waits until you resume.
        </Callout>
      )}
      {planWaits && (
        <Callout tone="warn" title="A plan waits for your yes" actions={<ButtonLink to="/plan">Look at the plan</ButtonLink>}>
          Nothing is written to your home until you have looked at it and said yes.
        </Callout>
      )}
    </section>
  );
}
