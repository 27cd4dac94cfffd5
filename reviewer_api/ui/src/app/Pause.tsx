import { PauseIcon, PlayIcon } from "@heroicons/react/20/solid";
import { useState } from "react";
import { useMayDecide } from "../api/session";
import { usePause } from "../api/status";
import { Dialog } from "../components/Dialog";
import { useNotice } from "../components/notice";

/** The one switch that stops everything; in sight on every page. */
export function Pause({ paused }: { paused: boolean }) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const pause = usePause();
  const say = useNotice();
  const mayDecide = useMayDecide();
  const set = (next: boolean) =>
    pause.mutate(
      { paused: next, reason },
      {
        onSuccess: () => {
          setAsking(false);
          setReason("");
          say(next ? "Paused. Nothing is deployed and no night runs until you resume." : "Resumed.");
        },
        onError: (error) => say(error.message),
      },
    );
  const Mark = paused ? PlayIcon : PauseIcon;
  return (
    <>
      <button
        type="button"
        disabled={!mayDecide || pause.isPending}
        onClick={() => (paused ? set(false) : setAsking(true))}
        className={`on-night inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3 text-sm font-semibold ring-1 ring-inset disabled:opacity-60 ${paused ? "bg-[#f6b48f] text-[#2a1630] ring-transparent" : "bg-white/5 text-[#f4f1ea] ring-white/30 hover:bg-white/15"}`}
      >
        <Mark className="h-4 w-4" aria-hidden="true" />
        {paused ? "Resume" : "Pause everything"}
      </button>
      <Dialog open={asking} title="Pause everything?" verb="Pause" close={() => setAsking(false)} act={() => set(true)} busy={pause.isPending}>
        <p>
          No night runs and nothing is written to your home until you resume. Automations that are deployed already go on
          working.
        </p>
        <label className="block text-sm font-semibold">
          Why (others see it, may stay empty)
          <input className="field mt-1 w-full font-normal" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </label>
      </Dialog>
    </>
  );
}
