import type { SuggestionList } from "../../api/schema";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Loaded";
import { Moment } from "../../components/times";
import type { Filters } from "./useFilters";

type Props = { list: SuggestionList; filters: Filters; change: (changes: Record<string, string>) => void };

/** An empty board says why it is empty, what would fill it, and when that may be. */
export function Nothing({ list, filters, change }: Props) {
  const { shelf } = filters;
  if (filters.q || filters.area || filters.kind) {
    return (
      <Empty title="Nothing fits">
        <p className="mb-4">No suggestion under “{shelf.name}” fits what you search for.</p>
        <Button onClick={() => change({ q: "", area: "", kind: "" })}>Show all of “{shelf.name}”</Button>
      </Empty>
    );
  }
  const waiting = list.counts.waiting ?? 0;
  return (
    <Empty title={shelf.key === "open" ? "Nothing to decide" : `Nothing under “${shelf.name}”`}>
      <p>{shelf.holds || list.empty_reason}</p>
      {list.next_run && (
        <p className="mt-1">
          The next night starts <Moment at={list.next_run} />.
        </p>
      )}
      {shelf.key === "open" && waiting > 0 && (
        <Button className="mt-4" onClick={() => change({ shelf: "waiting" })}>
          {waiting === 1 ? "See the one that waits" : `See the ${waiting} that wait`}
        </Button>
      )}
    </Empty>
  );
}
