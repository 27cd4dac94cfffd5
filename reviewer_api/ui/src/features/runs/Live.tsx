import { useProgress, useStopRun } from "../../api/runs";
import type { RunRow } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { Button } from "../../components/Button";

const STAGES = ["read", "tidy", "mine", "rank", "draft", "check", "propose"];

/** The run under way, stage by stage, as it happens. */
export function Live({ run }: { run: RunRow }) {
  const progress = useProgress(run.run_id);
  const stop = useStopRun();
  const mayDecide = useMayDecide();
  const at = STAGES.indexOf(progress?.stage ?? "");
  const within = progress?.total ? progress.done / progress.total : 0;
  const whole = Math.round((Math.max(0, at + within) / STAGES.length) * 100);
  return (
    <section aria-label="The run under way" className="card p-4 sm:p-5">
      <div className="mb-3 flex items-center justify-between gap-3">
        <p role="status" className="min-w-0 font-semibold [overflow-wrap:anywhere]">
          {progress ? `Step ${at + 1} of ${STAGES.length}: ${progress.stage}` : "Starting…"}
          <span className="block text-sm font-normal text-muted">{progress?.message || "\u00a0"}</span>
        </p>
        {mayDecide && (
          <Button busy={stop.isPending} onClick={() => stop.mutate(run.run_id)}>
            Stop
          </Button>
        )}
      </div>
      <progress aria-label="Progress of the run" max={100} value={whole} className="live block h-2.5 w-full overflow-hidden rounded-full" />
    </section>
  );
}
