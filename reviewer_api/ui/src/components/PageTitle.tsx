import { useEffect, useRef, type ReactNode } from "react";

type Props = { title: string; window?: string; children?: ReactNode; actions?: ReactNode };

/** The heading of a page; it takes the focus on arrival, so that a screen reader says where it is. */
export function PageTitle({ title, window: tab = title, children, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab.slice(0, 80)} · Nightshift`;
  }, [tab]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-3xl basis-full sm:flex-1 sm:basis-0">
        <h1 ref={heading} tabIndex={-1} className="text-[1.75rem] font-semibold leading-tight [overflow-wrap:anywhere] focus-visible:ring-0 sm:text-[2rem]">
          {title}
        </h1>
        {children && <div className="mt-1.5 text-muted">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
