import {
  ArrowsRightLeftIcon,
  CheckCircleIcon,
  ExclamationTriangleIcon,
  HeartIcon,
  EyeIcon,
  PauseCircleIcon,
  QuestionMarkCircleIcon,
  ClockIcon,
  BeakerIcon,
  XCircleIcon,
} from "@heroicons/react/16/solid";
import type { AutomationRow, SyncStatus } from "../../api/schema";
import { Badge, type Icon, type Tone } from "../../components/Badge";

const STANDINGS: Record<SyncStatus, [string, Tone, Icon]> = {
  in_step: ["In step", "good", CheckCircleIcon],
  git_ahead: ["On its way", "dusk", ClockIcon],
  edited_in_home: ["Edited in the home", "warn", ArrowsRightLeftIcon],
  both: ["Edited on both sides", "warn", ArrowsRightLeftIcon],
  missing: ["Removed in the home", "warn", XCircleIcon],
  suspended: ["Turned off by you", "muted", PauseCircleIcon],
  not_ours: ["Made elsewhere", "muted", QuestionMarkCircleIcon],
  broken: ["Fails its checks", "bad", ExclamationTriangleIcon],
  unknown: ["Not known now", "muted", QuestionMarkCircleIcon],
};

const HEALTHS: Partial<Record<AutomationRow["health"], [string, Tone, Icon]>> = {
  watching: ["Watching", "dusk", EyeIcon],
  healthy: ["Healthy", "good", HeartIcon],
  degraded: ["Degraded", "warn", ExclamationTriangleIcon],
  trial: ["On trial", "dawn", BeakerIcon],
};

export function StandingBadges({ row }: { row: AutomationRow }) {
  const [word, tone, icon] = STANDINGS[row.drift];
  const health = HEALTHS[row.health];
  return (
    <>
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
      {row.enabled === false && row.drift !== "suspended" && (
        <Badge tone="muted" icon={PauseCircleIcon}>
          Turned off
        </Badge>
      )}
      {health && (
        <Badge tone={health[1]} icon={health[2]}>
          {health[0]}
        </Badge>
      )}
    </>
  );
}
