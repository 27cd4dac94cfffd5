import { ChevronLeftIcon } from "@heroicons/react/20/solid";
import { Link, useNavigate, useParams } from "react-router-dom";
import type { SuggestionPage } from "../../api/schema";
import { useSuggestion } from "../../api/suggestions";
import { BacktestStrip } from "../../components/BacktestStrip";
import { ButtonLink } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { EvidencePicture } from "../../components/EvidencePicture";
import { Loaded } from "../../components/Loaded";
import { MeaningRows } from "../../components/MeaningRows";
import { PageTitle } from "../../components/PageTitle";
import { ProblemList } from "../../components/ProblemList";
import { Section } from "../../components/Section";
import { StateBadge } from "../../components/states";
import { useKeys } from "../../components/useKeys";
import { Decide } from "./Decide";
import { ExactDiff } from "./ExactDiff";
import { Receipts } from "./Receipts";
import { Timeline } from "./Timeline";

/** One suggestion, in the order of the questions: what will happen, why, exactly which lines, what speaks against it. */
export function Suggestion() {
  const { habitId = "" } = useParams();
  const navigate = useNavigate();
  useKeys({ u: () => navigate("/") });
  return (
    <>
      <Link to="/" className="-ml-1 mb-3 inline-flex items-center gap-1 rounded text-sm font-semibold text-muted hover:text-ink">
        <ChevronLeftIcon className="h-4 w-4" aria-hidden="true" /> Suggestions
      </Link>
      <Loaded query={useSuggestion(habitId)}>{(page) => <Body key={habitId} page={page} />}</Loaded>
    </>
  );
}

function Body({ page }: { page: SuggestionPage }) {
  const { row, evidence } = page;
  return (
    <>
      <PageTitle title={shortened(row.title)} window={row.title}>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
          <StateBadge state={row.state} />
          {row.area && <span>{row.area}</span>}
          <code className="text-xs [overflow-wrap:anywhere]">{page.branch}</code>
          {page.frozen && <span>You changed it; the night only adds evidence.</span>}
        </div>
      </PageTitle>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_17.5rem]">
        <div className="min-w-0 space-y-6">
          {page.conflict && <Conflict page={page} />}
          <Section title="What will happen">
            <p className="mb-4 font-display text-xl leading-snug [overflow-wrap:anywhere]">
              <bdi>{page.meaning.sentence}</bdi>
            </p>
            <MeaningRows meaning={page.meaning} />
          </Section>
          <Section title="Why we think so">
            <p className="mb-4">{evidence.sentence}</p>
            <EvidencePicture evidence={evidence} />
            <h3 className="mb-2 mt-6 font-semibold">Had it been there already</h3>
            <BacktestStrip backtest={page.backtest} />
          </Section>
          <ExactDiff page={page} />
          <Section title="Checks">
            <ProblemList problems={page.problems} />
          </Section>
          <Receipts page={page} />
          <Timeline entries={page.timeline} />
        </div>
        <Decide page={page} />
      </div>
    </>
  );
}

/** Both versions are in the exact lines below; only a person knows what is right. */
function Conflict({ page }: { page: SuggestionPage }) {
  const edit = <ButtonLink to={`/suggestions/${encodeURIComponent(page.row.habit_id)}/edit`}>Put them together</ButtonLink>;
  return (
    <Callout tone="warn" title="Main went on without your version" actions={page.actions_allowed.includes("edit") && edit}>
      Main has another version of this file since you changed yours. What you save next counts; then it can be approved.
    </Callout>
  );
}

const TITLE_LENGTH = 160;

function shortened(title: string): string {
  return title.length > TITLE_LENGTH ? `${title.slice(0, TITLE_LENGTH)}…` : title;
}
