import { ArrowPathIcon, CheckIcon, ChatBubbleLeftIcon, ClockIcon, PencilIcon, XMarkIcon } from "@heroicons/react/20/solid";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { comment, decline, keep, redraft, reopen, snooze } from "../../api/decisions";
import type { DeployResult, SuggestionPage } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { useDecision } from "../../api/suggestions";
import { Button, ButtonLink } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { DeclineDialog } from "../../components/DeclineDialog";
import { useNotice } from "../../components/notice";
import { SnoozeDialog } from "../../components/SnoozeDialog";
import { Strength } from "../../components/Strength";
import { useKeys } from "../../components/useKeys";
import { Approve } from "./Approve";
import { CommentDialog } from "./CommentDialog";
import { Outcome } from "./Outcome";

type Asking = "approve" | "decline" | "snooze" | "comment" | "redraft" | null;

/** Yes, no, not now, or otherwise: what this person can do with it in its state. */
export function Decide({ page }: { page: SuggestionPage }) {
  const { row, seen, actions_allowed } = page;
  const [asking, setAsking] = useState<Asking>(null);
  const [result, setResult] = useState<DeployResult | null>(null);
  const mayDecide = useMayDecide();
  const navigate = useNavigate();
  const say = useNotice();
  const close = () => setAsking(null);
  const done = (words: string) => ({
    onSuccess: () => {
      close();
      say(words);
    },
  });
  const declined = useDecision(row.habit_id, decline);
  const snoozed = useDecision(row.habit_id, snooze);
  const commented = useDecision(row.habit_id, comment);
  const redrafted = useDecision(row.habit_id, redraft);
  const reopened = useDecision(row.habit_id, reopen);
  const kept = useDecision(row.habit_id, keep);
  const allowed = (action: (typeof actions_allowed)[number]) => mayDecide && actions_allowed.includes(action);
  const blocked = page.problems.some((problem) => problem.severity === "block");
  const edit = `/suggestions/${encodeURIComponent(row.habit_id)}/edit`;
  useKeys({
    ...(allowed("approve") && !blocked && { a: () => setAsking("approve") }),
    ...(allowed("decline") && { d: () => setAsking("decline") }),
    ...(allowed("edit") && { e: () => navigate(edit) }),
  });
  return (
    <aside aria-label="Your decision" className="min-w-0 space-y-3 lg:sticky lg:top-6">
      {result && <Outcome result={result} />}
      <div className="card space-y-3 p-4">
        <div className="flex items-center justify-between">
          <span className="text-sm font-semibold">How sure</span>
          <Strength value={row.strength} seen={row.days_seen} possible={row.days_possible} />
        </div>
        {row.why && <p className="text-sm text-muted [overflow-wrap:anywhere]">{row.why}</p>}
        {blocked && allowed("edit") && (
          <Callout tone="bad" title="A check blocks it">
            Edit it, or decline it.
          </Callout>
        )}
        {allowed("approve") && (
          <Button look="primary" className={allowed("decline") ? "hidden w-full lg:inline-flex" : "w-full"} disabled={blocked} aria-keyshortcuts="a" onClick={() => setAsking("approve")}>
            <CheckIcon aria-hidden="true" />
            Approve
          </Button>
        )}
        <div className="grid grid-cols-2 gap-2">
          {allowed("edit") && (
            <ButtonLink to={edit} aria-keyshortcuts="e">
              <PencilIcon aria-hidden="true" />
              Edit
            </ButtonLink>
          )}
          {allowed("snooze") && (
            <Button onClick={() => setAsking("snooze")}>
              <ClockIcon aria-hidden="true" />
              Snooze
            </Button>
          )}
          {allowed("redraft") && (
            <Button className="col-span-2" onClick={() => setAsking("redraft")}>
              <ArrowPathIcon aria-hidden="true" />
              Ask for changes
            </Button>
          )}
          {allowed("comment") && (
            <Button className="col-span-2" onClick={() => setAsking("comment")}>
              <ChatBubbleLeftIcon aria-hidden="true" />
              Comment
            </Button>
          )}
        </div>
        {allowed("decline") && (
          <Button look="danger" className="hidden w-full lg:inline-flex" aria-keyshortcuts="d" onClick={() => setAsking("decline")}>
            <XMarkIcon aria-hidden="true" />
            Decline
          </Button>
        )}
        {allowed("keep") && (
          <Button className="w-full" busy={kept.isPending} onClick={() => kept.mutate(undefined, done("It stays as it is."))}>
            <CheckIcon aria-hidden="true" />
            Keep it as it is
          </Button>
        )}
        {kept.error && <Callout tone="bad">{kept.error.message}</Callout>}
        {allowed("reopen") && (
          <Button className="w-full" busy={reopened.isPending} onClick={() => reopened.mutate(undefined, done("It is open again."))}>
            <ArrowPathIcon aria-hidden="true" />
            {row.state === "snoozed" ? "Wake it now" : "Reopen"}
          </Button>
        )}
        {reopened.error && <Callout tone="bad">{reopened.error.message}</Callout>}
        {!mayDecide && <p className="text-sm text-muted">You may look; an administrator of the home decides.</p>}
        {mayDecide && actions_allowed.length === 0 && <OnMain page={page} />}
      </div>
      {allowed("decline") && <ThumbBar blocked={blocked} approve={allowed("approve") ? () => setAsking("approve") : undefined} decline={() => setAsking("decline")} />}
      <Approve key={seen.proposed_blob + seen.main_blob + seen.live_hash} page={page} open={asking === "approve"} close={close} approved={setResult} />
      <DeclineDialog open={asking === "decline"} what="this suggestion" close={close} busy={declined.isPending} error={declined.error} act={(question) => declined.mutate(question, done("Declined."))} />
      <SnoozeDialog open={asking === "snooze"} what="this suggestion" close={close} busy={snoozed.isPending} error={snoozed.error} act={(question) => snoozed.mutate(question, done("Snoozed."))} />
      <CommentDialog open={asking === "comment"} title="Comment" hint="It is kept beside the suggestion, in your name." close={close} busy={commented.isPending} error={commented.error} act={(text) => commented.mutate({ text }, done("Your comment is kept."))} />
      <CommentDialog open={asking === "redraft"} title="Ask for changes" hint="Say what should be different; a new draft follows it." close={close} busy={redrafted.isPending} error={redrafted.error} act={(text) => redrafted.mutate({ text }, done("A new draft was asked for."))} />
    </aside>
  );
}

/** On a phone the two answers stay under the thumb. */
function ThumbBar({ blocked, approve, decline }: { blocked: boolean; approve?: () => void; decline: () => void }) {
  return (
    <div className="fixed inset-x-0 bottom-[calc(3.5rem+env(safe-area-inset-bottom))] z-20 grid grid-cols-2 gap-2 border-t border-line bg-surface px-4 py-2.5 lg:hidden">
      <Button look="danger" onClick={decline} className={approve ? "" : "col-span-2"}>
        <XMarkIcon aria-hidden="true" />
        Decline
      </Button>
      {approve && (
        <Button look="primary" disabled={blocked} onClick={approve}>
          <CheckIcon aria-hidden="true" />
          Approve
        </Button>
      )}
    </div>
  );
}

function OnMain({ page }: { page: SuggestionPage }) {
  return (
    <p className="text-sm text-muted">
      Nothing to decide now.{" "}
      <Link className="font-semibold text-dusk underline underline-offset-2" to={`/automations/${encodeURIComponent(`nightshift_${page.row.habit_id}`)}`}>
        See it among the automations
      </Link>
    </p>
  );
}
