import { useState } from "react";
import type { DiffAnswer } from "../../api/schema";
import { BacktestStrip } from "../../components/BacktestStrip";
import { Failed, Skeleton } from "../../components/Loaded";
import { MeaningRows } from "../../components/MeaningRows";
import { ProblemList } from "../../components/ProblemList";
import { Section } from "../../components/Section";
import { Segments } from "../../components/Segments";
import { ShowDiff } from "../../components/ShowDiff";
import type { usePreview } from "./usePreview";

/** What the edited text means; the last answer stays in sight, paler, while the next is on its way. */
export function PreviewPane({ preview, draft }: { preview: ReturnType<typeof usePreview>; draft: string }) {
  const { data, error, behind } = preview;
  if (!data) return error ? <Failed error={error} retry={() => void preview.refetch()} /> : <Skeleton rows={4} />;
  return (
    <div className={`min-w-0 space-y-6 transition-opacity ${behind ? "opacity-60" : ""}`} aria-busy={behind}>
      {error && <Failed error={error} />}
      <Section title="Checks" aside={behind && <span className="text-sm text-muted">Looking again…</span>}>
        <div aria-live="polite">
          <ProblemList problems={data.problems} />
        </div>
      </Section>
      {data.meaning && (
        <Section title="What will happen">
          <p className="mb-4 font-display text-lg leading-snug [overflow-wrap:anywhere]">
            <bdi>{data.meaning.sentence}</bdi>
          </p>
          <MeaningRows meaning={data.meaning} />
        </Section>
      )}
      {data.backtest && (
        <Section title="Had it been there already">
          <BacktestStrip backtest={data.backtest} />
        </Section>
      )}
      <Changed diff={data.diff} draft={draft} />
    </div>
  );
}

const AGAINST = { draft: "The draft", main: "Main" } as const;

/** The lines that differ, from the draft as it was and from main. */
function Changed({ diff, draft }: { diff: DiffAnswer; draft: string }) {
  const [against, setAgainst] = useState<keyof typeof AGAINST>("draft");
  const fromDraft = { old: draft, new: diff.new, words: [] };
  return (
    <Section title="What you change" aside={<Segments name="Compared with" options={AGAINST} chosen={against} choose={setAgainst} />}>
      <ShowDiff diff={against === "main" ? diff : fromDraft} />
    </Section>
  );
}
