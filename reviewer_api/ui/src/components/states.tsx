import {
  ArchiveBoxIcon,
  ArrowUturnLeftIcon,
  BellSnoozeIcon,
  CheckCircleIcon,
  ClockIcon,
  EyeIcon,
  HandRaisedIcon,
  HomeIcon,
  NoSymbolIcon,
  PencilSquareIcon,
  SparklesIcon,
  ExclamationTriangleIcon,
} from "@heroicons/react/16/solid";
import type { State } from "../api/schema";
import { Badge, type Icon, type Tone } from "./Badge";

const WORDS: Record<State, [string, Tone, Icon]> = {
  waiting: ["Waiting", "muted", ClockIcon],
  held_back: ["Held back", "warn", HandRaisedIcon],
  open: ["New", "dawn", SparklesIcon],
  edited: ["Edited by you", "dusk", PencilSquareIcon],
  snoozed: ["Snoozed", "muted", BellSnoozeIcon],
  declined: ["Declined", "muted", NoSymbolIcon],
  faded: ["Faded", "muted", ArchiveBoxIcon],
  superseded: ["Superseded", "muted", ArchiveBoxIcon],
  approved: ["Approved", "good", CheckCircleIcon],
  pending: ["On its way", "dusk", ClockIcon],
  refused: ["Refused by the home", "bad", ExclamationTriangleIcon],
  watching: ["Watching", "good", EyeIcon],
  healthy: ["Healthy", "good", CheckCircleIcon],
  degraded: ["Degraded", "warn", ExclamationTriangleIcon],
  rolled_back: ["Rolled back", "muted", ArrowUturnLeftIcon],
  unmanaged: ["Unmanaged", "muted", HomeIcon],
};

export function stateWord(state: State): string {
  return WORDS[state][0];
}

export function StateBadge({ state }: { state: State }) {
  const [word, tone, icon] = WORDS[state];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
