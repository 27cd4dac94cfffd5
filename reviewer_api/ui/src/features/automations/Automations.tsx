import { ChevronRightIcon, MagnifyingGlassIcon } from "@heroicons/react/20/solid";
import { useDeferredValue, useState } from "react";
import { Link } from "react-router-dom";
import { useAutomations } from "../../api/automations";
import type { AutomationList, AutomationRow } from "../../api/schema";
import { Callout } from "../../components/Callout";
import { Empty, Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { Ago } from "../../components/times";
import { StandingBadges } from "./standings";

export function Automations() {
  const [q, setQ] = useState("");
  const list = useAutomations(useDeferredValue(q));
  return (
    <>
      <PageTitle title="Automations">
        {list.data?.checked_at ? (
          <>
            As seen in {list.data.home || "the home"} <Ago at={list.data.checked_at} />.
          </>
        ) : (
          "What is deployed to your home, and how it does there."
        )}
      </PageTitle>
      <label className="relative mb-4 block">
        <span className="sr-only">Search automations</span>
        <MagnifyingGlassIcon className="pointer-events-none absolute left-3 top-2.5 h-4 w-4 text-muted" aria-hidden="true" />
        <input type="search" value={q} maxLength={200} placeholder="Search" onChange={(event) => setQ(event.target.value)} className="field w-full pl-9" />
      </label>
      <Loaded query={list}>{(data) => <Rows list={data} searched={q !== ""} />}</Loaded>
    </>
  );
}

function Rows({ list, searched }: { list: AutomationList; searched: boolean }) {
  return (
    <>
      {!list.home_reachable && (
        <div className="mb-4">
          <Callout tone="warn" title="The home does not answer">
            What it has now is not known; this is what it had when it was last seen.
          </Callout>
        </div>
      )}
      {list.items.length === 0 ? (
        <Empty title={searched ? "Nothing fits this search" : "Nothing is deployed yet"}>
          {!searched && "Approve a suggestion, and it appears here as soon as your home has it."}
        </Empty>
      ) : (
        <ul className="card divide-y divide-line overflow-hidden">
          {list.items.map((row) => (
            <Row key={row.automation_id} row={row} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ row }: { row: AutomationRow }) {
  return (
    <li className="relative flex items-center gap-3 px-4 py-3.5 hover:bg-sunken/60 sm:px-5">
      <div className="min-w-0 flex-1">
        <Link
          to={`/automations/${encodeURIComponent(row.automation_id)}`}
          className="line-clamp-2 font-semibold leading-snug [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:ring-0 focus-visible:after:ring-2 focus-visible:after:ring-inset focus-visible:after:ring-dusk"
        >
          <bdi>{row.title}</bdi>
        </Link>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          <StandingBadges row={row} />
          {row.area && <span>{row.area}</span>}
          <span>{row.last_fired ? <>ran <Ago at={row.last_fired} /></> : "has not run yet"}</span>
        </div>
        {row.why && <p className="mt-1 text-sm text-muted [overflow-wrap:anywhere]">{row.why}</p>}
      </div>
      <ChevronRightIcon className="h-5 w-5 shrink-0 text-dusk" aria-hidden="true" />
    </li>
  );
}
