import { useState } from "react";
import { usePatterns } from "../../api/patterns";
import type { PatternList } from "../../api/schema";
import { Anomalies } from "../../components/Anomalies";
import { Empty, Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { Segments } from "../../components/Segments";
import { HourScale } from "./DayStrip";
import { PatternRow } from "./PatternRow";
import { middleMinute } from "./when";

const ORDERS = { day: "Through the day", strength: "Surest first" } as const;
type Order = keyof typeof ORDERS;

/** What people in this home do again and again, each with the hours and weekdays at which they do it. */
export function Patterns() {
  return (
    <>
      <PageTitle title="Patterns">What is done by hand in your home again and again, and what was out of the ordinary.</PageTitle>
      <Loaded query={usePatterns()}>{(list) => <Body list={list} />}</Loaded>
    </>
  );
}

function Body({ list }: { list: PatternList }) {
  const [order, setOrder] = useState<Order>("day");
  if (list.items.length === 0 && list.anomalies.length === 0) {
    return <Empty title="No patterns yet">The first night reads the history and leaves here what it finds. A week of history is the least, three are good.</Empty>;
  }
  const rows = order === "strength" ? list.items : [...list.items].sort((a, b) => middleMinute(a.evidence) - middleMinute(b.evidence));
  return (
    <div className="space-y-6">
      {rows.length > 0 && (
        <section aria-labelledby="habits" className="card overflow-hidden">
          <div className="flex flex-wrap items-center justify-between gap-3 p-4 sm:px-6 sm:py-5">
            <h2 id="habits" className="text-xl font-semibold">
              {rows.length === 1 ? "One habit" : `${rows.length} habits`}
            </h2>
            <Segments name="Order" options={ORDERS} chosen={order} choose={setOrder} />
          </div>
          <HourScale />
          <ol className="divide-y divide-line border-t border-line">
            {rows.map((row) => (
              <PatternRow key={row.habit_id} row={row} />
            ))}
          </ol>
        </section>
      )}
      <Anomalies found={list.anomalies} />
    </div>
  );
}
