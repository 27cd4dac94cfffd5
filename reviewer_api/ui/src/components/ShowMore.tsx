import { useState, type ReactNode } from "react";
import { Button } from "./Button";

const STEP = 10;

/** The first rows of a long list, and more when asked for. */
export function ShowMore<Item>({ items, row }: { items: Item[]; row: (item: Item) => ReactNode }) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul className="divide-y divide-line">{items.slice(0, shown).map(row)}</ul>
      {items.length > shown && (
        <Button className="mt-3" onClick={() => setShown(shown + 5 * STEP)}>
          Show more
        </Button>
      )}
    </>
  );
}
