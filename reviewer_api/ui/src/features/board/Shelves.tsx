import { useEffect, useRef } from "react";
import type { SuggestionList } from "../../api/schema";
import { SHELVES, type Shelf } from "./shelves";

type Props = { counts: SuggestionList["counts"] | undefined; chosen: Shelf; choose: (shelf: Shelf) => void };

export function Shelves({ counts, chosen, choose }: Props) {
  const here = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    here.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [chosen.key]);
  return (
    <div role="group" aria-label="Shelves" className="-mx-4 mb-4 flex gap-1 overflow-x-auto border-b border-line px-4 pb-px sm:mx-0 sm:px-0">
      {SHELVES.map((shelf) => {
        const count = shelf.states.reduce((sum, state) => sum + (counts?.[state] ?? 0), 0);
        const isHere = shelf.key === chosen.key;
        return (
          <button
            key={shelf.key}
            type="button"
            ref={isHere ? here : undefined}
            aria-pressed={isHere}
            onClick={() => choose(shelf)}
            className={`flex items-center gap-1.5 whitespace-nowrap rounded-t-lg border-b-2 px-3 py-2.5 text-sm font-semibold ring-inset focus-visible:ring-offset-0 ${isHere ? "border-dawn text-ink" : "border-transparent text-muted hover:text-ink"}`}
          >
            {shelf.name}
            <span className={`min-w-[1.4rem] rounded-full px-1.5 text-center text-xs leading-5 tabular-nums ${isHere ? "bg-dawn-soft text-dawn" : "bg-sunken text-muted"}`}>
              {counts ? count : "–"}
            </span>
          </button>
        );
      })}
    </div>
  );
}
