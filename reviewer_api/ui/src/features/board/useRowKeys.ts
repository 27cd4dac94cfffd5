import { useRef } from "react";
import { useKeys } from "../../components/useKeys";

/** j and k walk the rows by moving the real focus, so that Enter opens and a screen reader follows. */
export function useRowKeys(rows: number) {
  const list = useRef<HTMLOListElement>(null);
  const step = (by: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[at < 0 ? 0 : Math.min(rows - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  return list;
}
