import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { approve } from "../../api/decisions";
import type { DeployResult, ProblemAnswer, Stale, SuggestionPage, Trial } from "../../api/schema";
import { usePutPage } from "../../api/suggestions";
import { Callout } from "../../components/Callout";
import { Choices } from "../../components/Choices";
import { Dialog } from "../../components/Dialog";
import { outcomeWords } from "../../components/outcomes";
import { useNotice } from "../../components/notice";

const TRIALS: Record<Trial, [string, string]> = {
  no: ["Use it", "It is merged and works from now on."],
  seven_days: ["Try it for seven days", "It works at once; after a week you are asked whether it stays."],
  off: ["Deploy it turned off", "It is in your home; you turn it on when you like."],
};

type Props = { page: SuggestionPage; open: boolean; close: () => void; approved: (result: DeployResult) => void };

/** The yes. It holds for exactly what was shown: where something moved since, the service says what, and it is asked anew. */
export function Approve({ page, open, close, approved }: Props) {
  const [trial, setTrial] = useState<Trial>("no");
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  const putPage = usePutPage(page.row.habit_id);
  const say = useNotice();
  const asks = page.problems.filter((problem) => problem.severity === "ask");
  const names = [...new Set(asks.map(findingName))];
  const yes = useMutation({
    mutationFn: () => approve(page.row.habit_id, { seen: page.seen, second_yes: [...agreed], trial }),
    onSuccess: (result) => {
      close();
      approved(result);
      say(outcomeWords(result));
      putPage(null);
    },
    onError: (error) => {
      const stale = staleOf(error);
      if (!stale) return;
      close();
      putPage(stale.page);
      say(`Not approved, as something changed since you looked: ${stale.moved.join(" ")} This is how it is now; look again.`);
    },
  });
  return (
    <Dialog open={open} title="Approve?" verb="Approve" close={close} act={() => yes.mutate()} busy={yes.isPending} error={staleOf(yes.error) ? null : yes.error} disabled={names.some((name) => !agreed.includes(name))}>
      <p className="[overflow-wrap:anywhere]">
        <bdi>{page.meaning.sentence}</bdi>
      </p>
      {asks.length > 0 && (
        <Callout tone="warn" title="This needs a second yes">
          {asks.map((problem) => (
            <label key={findingName(problem) + problem.message} className="mt-2 flex gap-2.5">
              <input
                type="checkbox"
                className="mt-1 h-4 w-4 shrink-0"
                checked={agreed.includes(findingName(problem))}
                onChange={(event) => setAgreed(event.target.checked ? [...agreed, findingName(problem)] : agreed.filter((name) => name !== findingName(problem)))}
              />
              <span>{problem.message} I want this.</span>
            </label>
          ))}
        </Callout>
      )}
      <Choices name="How" options={TRIALS} chosen={trial} choose={setTrial} />
    </Dialog>
  );
}

/** As the service names a finding. */
function findingName({ check, path }: ProblemAnswer): string {
  return `${check} ${path}`.trim();
}

function staleOf(error: Error | null): Stale | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  const body = error.body as Partial<Stale> | undefined;
  return body?.moved ? (body as Stale) : null;
}
