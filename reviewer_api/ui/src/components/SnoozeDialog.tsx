import { useContext, useState } from "react";
import type { SnoozeQuestion } from "../api/schema";
import { Dialog } from "./Dialog";
import { Button } from "./Button";
import { dayOf, HomeZone } from "./times";

type Props = {
  open: boolean;
  what: string;
  close: () => void;
  act: (question: SnoozeQuestion) => void;
  busy: boolean;
  error: Error | null;
};

const SPANS: [string, number][] = [
  ["Tomorrow", 1],
  ["In a week", 7],
  ["In a month", 30],
];

/** Not now: until when. */
export function SnoozeDialog({ open, what, close, act, busy, error }: Props) {
  const zone = useContext(HomeZone);
  const [until, setUntil] = useState(() => inDays(7, zone));
  return (
    <Dialog open={open} title={`Snooze ${what}`} verb="Snooze" close={close} act={() => act({ until })} busy={busy} error={error} disabled={!until}>
      <div className="flex flex-wrap gap-2">
        {SPANS.map(([words, days]) => (
          <Button key={words} aria-pressed={until === inDays(days, zone)} onClick={() => setUntil(inDays(days, zone))} className="aria-pressed:border-dusk aria-pressed:bg-dusk-soft aria-pressed:text-dusk">
            {words}
          </Button>
        ))}
      </div>
      <label className="block text-sm font-semibold">
        Comes back on
        <input type="date" required min={inDays(1, zone)} value={until} onChange={(event) => setUntil(event.target.value)} className="field mt-1 block font-normal" />
      </label>
    </Dialog>
  );
}

/** The home's date that many days from now. */
function inDays(days: number, zone: string): string {
  const day = new Date(`${dayOf(new Date(), zone)}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
