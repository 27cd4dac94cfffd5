import { BacktestStrip } from "../../components/BacktestStrip";
import { Failed, Skeleton } from "../../components/Loaded";
import { MeaningRows } from "../../components/MeaningRows";
import { ProblemList } from "../../components/ProblemList";
import { Section } from "../../components/Section";
import { ShowDiff } from "../../components/ShowDiff";
import type { usePreview } from "./usePreview";

/** What the edited text means; the last answer stays in sight, paler, while the next is on its way. */
export function PreviewPane({ preview }: { preview: ReturnType<typeof usePreview> }) {
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
      <Section title="What you change">
        <ShowDiff diff={data.diff} />
      </Section>
    </div>
  );
}
