import { ArrowPathIcon, CheckCircleIcon, ExclamationTriangleIcon, MinusCircleIcon } from "@heroicons/react/16/solid";
import type { RunRow } from "../../api/schema";
import { Badge, type Icon, type Tone } from "../../components/Badge";

const OUTCOMES: Record<RunRow["outcome"], [string, Tone, Icon]> = {
  running: ["Under way", "dusk", ArrowPathIcon],
  done: ["Done", "good", CheckCircleIcon],
  failed: ["Failed", "bad", ExclamationTriangleIcon],
  killed: ["Killed", "bad", ExclamationTriangleIcon],
  out_of_memory: ["Out of memory", "bad", ExclamationTriangleIcon],
  timed_out: ["Took too long", "bad", ExclamationTriangleIcon],
  interrupted: ["Stopped", "muted", MinusCircleIcon],
  already_running: ["Another ran", "muted", MinusCircleIcon],
};

export function OutcomeBadge({ outcome }: { outcome: RunRow["outcome"] }) {
  const [word, tone, icon] = OUTCOMES[outcome];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
