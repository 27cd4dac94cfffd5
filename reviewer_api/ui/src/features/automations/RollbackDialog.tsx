import { useRollback, useRollbackPreview } from "../../api/automations";
import { Dialog } from "../../components/Dialog";
import { Loaded, Skeleton } from "../../components/Loaded";
import { useNotice } from "../../components/notice";
import { outcomeWords } from "../../components/outcomes";
import { ShowDiff } from "../../components/ShowDiff";

type Props = { id: string; to: string | null; open: boolean; close: () => void };

/** Shows what going back would change, then does exactly that. */
export function RollbackDialog({ id, to, open, close }: Props) {
  const preview = useRollbackPreview(id, to, open);
  const rollback = useRollback(id);
  const say = useNotice();
  const act = () =>
    preview.data &&
    rollback.mutate(
      { to, seen_main: preview.data.seen_main },
      {
        onSuccess: (result) => {
          close();
          say(`Rolled back. ${outcomeWords(result)}`);
        },
        onError: () => void preview.refetch(),
      },
    );
  return (
    <Dialog open={open} title={titleOf(to)} verb="Roll back" look="danger" close={close} act={act} busy={rollback.isPending} error={rollback.error} disabled={!preview.data}>
      <Loaded query={preview} skeleton={<Skeleton rows={2} />}>
        {(data) => (
          <div className="space-y-4">
            {data.words.map((words) => (
              <p key={words} className="[overflow-wrap:anywhere]">
                {words}
              </p>
            ))}
            {data.changes.map((change) => (
              <ShowDiff key={change.automation_id + change.action} diff={{ ...change.diff, words: [] }} />
            ))}
            <p className="text-sm text-muted">A revert commit in your name; it can be restored.</p>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

function titleOf(to: string | null): string {
  if (to === null) return "Roll back the last change?";
  return to.endsWith("^") ? "Go back to before it was there?" : `Go back to ${to.slice(0, 8)}?`;
}
