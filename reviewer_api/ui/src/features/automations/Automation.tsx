import { ChevronLeftIcon } from "@heroicons/react/20/solid";
import { Link, useParams } from "react-router-dom";
import { useAutomation } from "../../api/automations";
import type { AutomationPage } from "../../api/schema";
import { Loaded } from "../../components/Loaded";
import { MeaningRows } from "../../components/MeaningRows";
import { PageTitle } from "../../components/PageTitle";
import { ProblemList } from "../../components/ProblemList";
import { Section } from "../../components/Section";
import { ShowDiff } from "../../components/ShowDiff";
import { Actions } from "./Actions";
import { StandingBadges } from "./standings";
import { Versions } from "./Versions";

/** One deployed automation: what it does, whether the home agrees with main, and how it came to be. */
export function Automation() {
  const { automationId = "" } = useParams();
  return (
    <>
      <Link to="/automations" className="-ml-1 mb-3 inline-flex items-center gap-1 rounded text-sm font-semibold text-muted hover:text-ink">
        <ChevronLeftIcon className="h-4 w-4" aria-hidden="true" /> Automations
      </Link>
      <Loaded query={useAutomation(automationId)}>{(page) => <Body key={automationId} page={page} />}</Loaded>
    </>
  );
}

function Body({ page }: { page: AutomationPage }) {
  const { row } = page;
  const differs = page.live_yaml !== null && page.yaml !== null && page.live_yaml !== page.yaml;
  return (
    <>
      <PageTitle title={row.title.slice(0, 160)}>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 text-sm">
          <StandingBadges row={row} />
          {row.area && <span>{row.area}</span>}
          <code className="text-xs [overflow-wrap:anywhere]">{row.automation_id}</code>
        </div>
      </PageTitle>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_17.5rem]">
        <div className="min-w-0 space-y-6">
          {page.meaning && (
            <Section title="What it does">
              <p className="mb-4 font-display text-xl leading-snug [overflow-wrap:anywhere]">
                <bdi>{page.meaning.sentence}</bdi>
              </p>
              <MeaningRows meaning={page.meaning} />
            </Section>
          )}
          {differs && (
            <Section title="Main and the home">
              <p className="mb-3 text-sm text-muted">Lines with − are what main wishes, lines with + what the home has.</p>
              <ShowDiff diff={{ old: page.yaml ?? "", new: page.live_yaml ?? "", words: [] }} />
            </Section>
          )}
          {page.problems.length > 0 && (
            <Section title="Checks">
              <ProblemList problems={page.problems} />
            </Section>
          )}
          <Versions page={page} />
        </div>
        <Actions page={page} />
      </div>
    </>
  );
}
