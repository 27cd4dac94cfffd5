import { useSearchParams } from "react-router-dom";
import { shelfOf, type Shelf } from "./shelves";

export const PAGE_ROWS = 50;

export type Filters = { shelf: Shelf; q: string; area: string; kind: string; offset: number };

/** What the board shows lives in the address, so that it can be shared and gone back to. */
export function useFilters(): [Filters, (changes: Record<string, string | number>) => void] {
  const [search, setSearch] = useSearchParams();
  const filters = {
    shelf: shelfOf(search.get("shelf")),
    q: search.get("q") ?? "",
    area: search.get("area") ?? "",
    kind: search.get("kind") ?? "",
    offset: Number(search.get("offset")) || 0,
  };
  const change = (changes: Record<string, string | number>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        next.delete("offset");
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, String(value));
          else next.delete(key);
        }
        return next;
      },
      { replace: true },
    );
  return [filters, change];
}
