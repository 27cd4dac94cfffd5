import { useState } from "react";
import type { DeclineQuestion, DeclineScope } from "../api/schema";
import { Choices } from "./Choices";
import { Dialog } from "./Dialog";

const SCOPES: Record<DeclineScope, [string, string]> = {
  suggestion: ["Not like this", "This draft goes; a clearly different one may come."],
  habit: ["Not this habit", "It is not suggested again, unless the evidence changes materially."],
  device: ["Nothing for this device", "No suggestion will act on it."],
  kind: ["Nothing of this kind", "No suggestion of this kind any more."],
};

type Props = {
  open: boolean;
  what: string;
  close: () => void;
  act: (question: DeclineQuestion) => void;
  busy: boolean;
  error: Error | null;
};

/** No, how far it reaches, and why. */
export function DeclineDialog({ open, what, close, act, busy, error }: Props) {
  const [scope, setScope] = useState<DeclineScope>("habit");
  const [reason, setReason] = useState("");
  return (
    <Dialog open={open} title={`Decline ${what}?`} verb="Decline" look="danger" close={close} act={() => act({ scope, reason })} busy={busy} error={error}>
      <Choices name="How far this no reaches" options={SCOPES} chosen={scope} choose={setScope} />
      <label className="block text-sm font-semibold">
        Why (helps the next night, may stay empty)
        <textarea rows={2} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} className="field mt-1 w-full font-normal" />
      </label>
    </Dialog>
  );
}
