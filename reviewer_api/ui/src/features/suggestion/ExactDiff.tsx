import { useState } from "react";
import type { SuggestionPage } from "../../api/schema";
import { useDiff } from "../../api/suggestions";
import { Loaded } from "../../components/Loaded";
import { Section } from "../../components/Section";
import { Segments } from "../../components/Segments";
import { ShowDiff } from "../../components/ShowDiff";

const AGAINST = { main: "Against main", home: "Against the home" } as const;
const VIEWS = { unified: "Unified", split: "Split" } as const;

export function ExactDiff({ page }: { page: SuggestionPage }) {
  const [against, setAgainst] = useState<keyof typeof AGAINST>("main");
  const [view, setView] = useState<keyof typeof VIEWS>("unified");
  const diff = useDiff(page.row.habit_id, against, page);
  return (
    <Section
      title="The exact lines"
      aside={
        <div className="flex flex-wrap gap-2">
          <Segments name="Compared with" options={AGAINST} chosen={against} choose={setAgainst} />
          <Segments name="View" options={VIEWS} chosen={view} choose={setView} />
        </div>
      }
    >
      <p className="mb-3 text-sm text-muted [overflow-wrap:anywhere]">
        <code>{page.path}</code>
      </p>
      <Loaded query={diff}>{(data) => <ShowDiff diff={data} split={view === "split"} />}</Loaded>
    </Section>
  );
}
