import { useState } from "react";
import type { BulkQuestion } from "../../api/schema";
import { useBulk } from "../../api/suggestions";
import { Button } from "../../components/Button";
import { useNotice } from "../../components/notice";
import { DeclineDialog } from "../../components/DeclineDialog";
import { SnoozeDialog } from "../../components/SnoozeDialog";

type Props = { picked: string[]; all: number; pickAll: (on: boolean) => void };

/** Several at once: no, or not now. A yes is given one by one, to what was read. */
export function BulkBar({ picked, all, pickAll }: Props) {
  const [asking, setAsking] = useState<"decline" | "snooze" | null>(null);
  const bulk = useBulk();
  const say = useNotice();
  const close = () => setAsking(null);
  const ask = (question: Omit<BulkQuestion, "habit_ids">) =>
    bulk.mutate(
      { habit_ids: picked, ...question },
      {
        onSuccess: ({ done, failed }) => {
          const reasons = [...new Set(Object.values(failed))];
          say([`${done.length} of ${picked.length} done.`, ...reasons].join(" "));
          pickAll(false);
          close();
        },
      },
    );
  const some = picked.length > 0;
  const what = picked.length === 1 ? "1 suggestion" : `${picked.length} suggestions`;
  return (
    <div className="mb-2 flex min-h-9 flex-wrap items-center gap-x-4 gap-y-2 px-4 text-sm sm:px-5">
      <label className="flex items-center gap-3 text-muted">
        <input type="checkbox" className="h-4 w-4" checked={picked.length === all} onChange={(event) => pickAll(event.target.checked)} />
        {some ? `${picked.length} picked` : "Pick all"}
      </label>
      {some && (
        <div className="flex gap-2">
          <Button onClick={() => setAsking("snooze")}>Snooze</Button>
          <Button look="danger" onClick={() => setAsking("decline")}>
            Decline
          </Button>
        </div>
      )}
      <DeclineDialog open={asking === "decline"} what={what} close={close} busy={bulk.isPending} error={bulk.error} act={(decline) => ask({ decline })} />
      <SnoozeDialog open={asking === "snooze"} what={what} close={close} busy={bulk.isPending} error={bulk.error} act={(snooze) => ask({ snooze })} />
    </div>
  );
}
