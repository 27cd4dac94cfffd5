import { MagnifyingGlassIcon } from "@heroicons/react/20/solid";
import { useEffect, useRef, useState } from "react";
import { useKeys } from "../../components/useKeys";
import { kindWord } from "./shelves";
import type { Filters } from "./useFilters";

type Props = { filters: Filters; areas: string[]; kinds: string[]; change: (changes: Record<string, string>) => void };

const PAUSE_MS = 250;

export function FilterBar({ filters, areas, kinds, change }: Props) {
  const [typed, setTyped] = useState(filters.q);
  const box = useRef<HTMLInputElement>(null);
  const applied = useRef(filters.q);
  const apply = useRef(change);
  useEffect(() => {
    apply.current = change;
  });
  useKeys({ "/": () => box.current?.focus() });
  useEffect(() => {
    if (typed === filters.q) return;
    const timer = setTimeout(() => {
      applied.current = typed;
      apply.current({ q: typed });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, filters.q]);
  useEffect(() => {
    // Cleared or gone back to elsewhere: the box follows the address.
    if (filters.q !== applied.current) setTyped((applied.current = filters.q));
  }, [filters.q]);
  return (
    <div role="search" className="mb-4 flex flex-wrap gap-2">
      <label className="relative min-w-[12rem] flex-1 basis-full sm:basis-0">
        <span className="sr-only">Search suggestions</span>
        <MagnifyingGlassIcon className="pointer-events-none absolute left-3 top-2.5 h-4 w-4 text-muted" aria-hidden="true" />
        <input ref={box} type="search" value={typed} maxLength={200} placeholder="Search" onChange={(event) => setTyped(event.target.value)} className="field w-full pl-9" />
      </label>
      <Choice name="Area" all="All areas" value={filters.area} options={areas} choose={(area) => change({ area })} />
      <Choice name="Kind" all="All kinds" value={filters.kind} options={kinds} word={kindWord} choose={(kind) => change({ kind })} />
    </div>
  );
}

type ChoiceProps = {
  name: string;
  all: string;
  value: string;
  options: string[];
  word?: (option: string) => string;
  choose: (option: string) => void;
};

function Choice({ name, all, value, options, word = (option) => option, choose }: ChoiceProps) {
  return (
    <select aria-label={name} value={value} onChange={(event) => choose(event.target.value)} className="field min-w-0 max-w-[12rem] flex-1 pr-8 sm:flex-none">
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {word(option)}
        </option>
      ))}
    </select>
  );
}
