import { PlayIcon } from "@heroicons/react/20/solid";
import { useState } from "react";
import { useRunOnce } from "../../api/automations";
import { Button } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { Dialog } from "../../components/Dialog";

/** Fires it once, now, and shows what the home says it did. */
export function RunOnce({ id }: { id: string }) {
  const [asking, setAsking] = useState(false);
  const run = useRunOnce(id);
  const close = () => setAsking(false);
  return (
    <>
      <Button className="w-full" busy={run.isPending} onClick={() => setAsking(true)}>
        <PlayIcon aria-hidden="true" />
        Run once now
      </Button>
      {run.data && (
        <Callout tone={run.data.started ? "good" : "bad"} role="status" title={run.data.started ? "The home runs it" : "The home did not run it"}>
          {run.data.why && <p>{run.data.why}</p>}
          <ol className="list-decimal pl-4 text-xs">
            {run.data.trace.map((step, at) => (
              <li key={`${at} ${step}`}>{step}</li>
            ))}
          </ol>
        </Callout>
      )}
      <Dialog open={asking} title="Run it now?" verb="Run once" close={close} act={() => run.mutate(undefined, { onSuccess: close })} busy={run.isPending} error={run.error}>
        <p>Its actions happen in your home now, whatever its triggers and conditions say.</p>
      </Dialog>
    </>
  );
}
