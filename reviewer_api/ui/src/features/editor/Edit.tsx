import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { useCatalogue } from "../../api/catalogue";
import { ApiError } from "../../api/client";
import { saveEdit } from "../../api/decisions";
import type { Stale, SuggestionPage } from "../../api/schema";
import { usePutPage, useSuggestion } from "../../api/suggestions";
import { Button, ButtonLink } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { Loaded } from "../../components/Loaded";
import { useNotice } from "../../components/notice";
import { PageTitle } from "../../components/PageTitle";
import { PreviewPane } from "./PreviewPane";
import { usePreview } from "./usePreview";

const YamlEditor = lazy(() => import("./YamlEditor"));

/** Change the lines, and see what that means before it is saved. */
export function Edit() {
  const { habitId = "" } = useParams();
  return <Loaded query={useSuggestion(habitId)}>{(page) => <Editing key={habitId} page={page} />}</Loaded>;
}

function Editing({ page: now }: { page: SuggestionPage }) {
  // What the edit started from stays, also when the suggestion is refreshed beneath it: the service then says so.
  const [page, setPage] = useState(now);
  const [initial] = useState(now.yaml);
  const [yaml, setYaml] = useState(initial);
  const [message, setMessage] = useState("");
  const { habit_id } = page.row;
  const back = `/suggestions/${encodeURIComponent(habit_id)}`;
  const preview = usePreview(habit_id, yaml);
  const catalogue = useCatalogue();
  const putPage = usePutPage(habit_id);
  const navigate = useNavigate();
  const say = useNotice();
  const changed = yaml !== page.yaml;
  const savable = changed || page.conflict;
  useWarnBeforeLeaving(changed);
  const save = useMutation({
    mutationFn: () => saveEdit(habit_id, { yaml, base_blob: page.seen.proposed_blob, message }),
    onSuccess: (saved) => {
      putPage(saved);
      say("Saved as a commit in your name.");
      navigate(back);
    },
  });
  const newest = staleOf(save.error)?.page;
  return (
    <>
      <PageTitle
        title="Edit"
        window={`Edit ${page.row.title}`}
        actions={
          <>
            <ButtonLink to={back}>Cancel</ButtonLink>
            <Button look="primary" busy={save.isPending} disabled={!savable} onClick={() => save.mutate()}>
              Save
            </Button>
          </>
        }
      >
        <p className="line-clamp-2 [overflow-wrap:anywhere]">
          <bdi>{page.row.title}</bdi>
        </p>
      </PageTitle>
      {save.error && (
        <div className="mb-4">
          <Callout
            tone="bad"
            role="alert"
            title="Not saved"
            actions={
              newest && (
                <Button
                  onClick={() => {
                    setPage(newest);
                    putPage(newest);
                    save.reset();
                  }}
                >
                  Save mine over it
                </Button>
              )
            }
          >
            {save.error.message}
          </Callout>
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="min-w-0 space-y-3 lg:sticky lg:top-6">
          <Suspense fallback={<div className="min-h-[24rem] rounded-xl border border-line bg-surface motion-safe:animate-pulse" />}>
            <YamlEditor initial={initial} problems={preview.data?.problems ?? []} catalogue={catalogue.data} changed={setYaml} save={() => savable && save.mutate()} />
          </Suspense>
          {page.conflict && page.main_yaml !== null && <MainsVersion yaml={page.main_yaml} />}
          <label className="block text-sm font-semibold">
            Why (goes into the commit, may stay empty)
            <input className="field mt-1 w-full font-normal" maxLength={2000} value={message} onChange={(event) => setMessage(event.target.value)} />
          </label>
        </div>
        <PreviewPane preview={preview} draft={initial} />
      </div>
    </>
  );
}

/** To copy from while the two versions are put together. */
function MainsVersion({ yaml }: { yaml: string }) {
  return (
    <section aria-label="Main's version" className="space-y-1">
      <h2 className="text-sm font-semibold">Main’s version, changed since you began</h2>
      <pre className="max-h-72 overflow-auto rounded-lg border border-line bg-sunken p-3 text-xs">{yaml}</pre>
    </section>
  );
}

function staleOf(error: Error | null): Stale | null {
  return error instanceof ApiError && error.status === 409 ? (error.body as Stale) : null;
}

function useWarnBeforeLeaving(changed: boolean) {
  useEffect(() => {
    if (!changed) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [changed]);
}
