import { useState } from "react";
import type { SuggestionList } from "../../api/schema";
import { useMayDecide } from "../../api/session";
import { useSuggestions } from "../../api/suggestions";
import { Button } from "../../components/Button";
import { Loaded } from "../../components/Loaded";
import { Moment } from "../../components/times";
import { PageTitle } from "../../components/PageTitle";
import { BulkBar } from "./BulkBar";
import { FilterBar } from "./FilterBar";
import { Nothing } from "./Nothing";
import { Row } from "./Row";
import { Shelves } from "./Shelves";
import { PAGE_ROWS, useFilters, type Filters } from "./useFilters";
import { useRowKeys } from "./useRowKeys";

/** All suggestions, a shelf at a time. */
export function Board() {
  const [filters, change] = useFilters();
  const list = useSuggestions({
    state: filters.shelf.states,
    q: filters.q,
    area: filters.area || undefined,
    kind: filters.kind || undefined,
    offset: filters.offset,
    limit: PAGE_ROWS,
  });
  return (
    <>
      <PageTitle title="Suggestions">
        {list.data?.next_run ? (
          <>
            The next night starts <Moment at={list.data.next_run} />.
          </>
        ) : (
          "What you do by hand again and again, drafted as automations."
        )}
      </PageTitle>
      <Shelves counts={list.data?.counts} chosen={filters.shelf} choose={(shelf) => change({ shelf: shelf.key })} />
      <FilterBar filters={filters} areas={list.data?.areas ?? []} kinds={list.data?.kinds ?? []} change={change} />
      <div aria-busy={list.isPlaceholderData} className={list.isPlaceholderData ? "opacity-60" : ""}>
        <Loaded query={list}>{(data) => <Rows key={filters.shelf.key} list={data} filters={filters} change={change} />}</Loaded>
      </div>
    </>
  );
}

type RowsProps = { list: SuggestionList; filters: Filters; change: (changes: Record<string, string | number>) => void };

function Rows({ list, filters, change }: RowsProps) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const mayDecide = useMayDecide();
  const keys = useRowKeys(list.items.length);
  if (list.items.length === 0) return <Nothing list={list} filters={filters} change={change} />;
  const here = list.items.filter((row) => picked.has(row.habit_id)).map((row) => row.habit_id);
  const pick = (habitId: string, on: boolean) =>
    setPicked((before) => new Set(on ? [...before, habitId] : [...before].filter((other) => other !== habitId)));
  return (
    <>
      {mayDecide && (
        <BulkBar
          picked={here}
          all={list.items.length}
          pickAll={(on) => setPicked(new Set(on ? list.items.map((row) => row.habit_id) : []))}
        />
      )}
      <ol ref={keys} aria-label={`${filters.shelf.name}, ${list.total} suggestions`} className="card divide-y divide-line overflow-hidden">
        {list.items.map((row) => (
          <Row key={row.habit_id} row={row} picked={picked.has(row.habit_id)} pick={mayDecide ? pick : undefined} />
        ))}
      </ol>
      <Pager list={list} offset={filters.offset} go={(offset) => change({ offset })} />
    </>
  );
}

function Pager({ list, offset, go }: { list: SuggestionList; offset: number; go: (offset: number) => void }) {
  const last = offset + list.items.length;
  return (
    <nav aria-label="Pages of the list" className="mt-4 flex items-center justify-between text-sm text-muted">
      <p className="tabular-nums">
        {offset + 1} to {last} of {list.total}
      </p>
      {list.total > PAGE_ROWS && (
        <div className="flex gap-2">
          <Button disabled={offset === 0} onClick={() => go(Math.max(0, offset - PAGE_ROWS))}>
            Previous
          </Button>
          <Button disabled={last >= list.total} onClick={() => go(last)}>
            Next
          </Button>
        </div>
      )}
    </nav>
  );
}
