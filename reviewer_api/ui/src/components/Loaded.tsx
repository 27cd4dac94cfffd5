import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Callout } from "./Callout";

type Props<T> = {
  query: Pick<UseQueryResult<T>, "data" | "error" | "isPending" | "refetch">;
  children: (data: T) => ReactNode;
  /** What stands there while the first answer is on its way; of about the size of what comes. */
  skeleton?: ReactNode;
};

/** The one place that decides between loading, error, stale and there: old content stays while fetching. */
export function Loaded<T>({ query, children, skeleton = <Skeleton rows={6} /> }: Props<T>) {
  if (query.data === undefined) {
    return query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <>{skeleton}</>;
  }
  return (
    <>
      {query.error && (
        <div className="mb-4">
          <Callout tone="warn" role="status" title="This may be out of date">
            {query.error.message}
          </Callout>
        </div>
      )}
      {children(query.data)}
    </>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <Callout
      tone="bad"
      role="alert"
      title="That did not work"
      actions={retry && <Button onClick={retry}>Try again</Button>}
    >
      {error.message}
    </Callout>
  );
}

export function Skeleton({ rows }: { rows: number }) {
  return (
    <div role="status" className="space-y-3" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="h-[4.5rem] rounded-2xl border border-line bg-surface motion-safe:animate-pulse" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="card flex flex-col items-center px-6 py-14 text-center">
      <svg viewBox="0 0 120 48" className="mb-4 h-14 text-edge" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
        <path d="M4 40h112M30 40a30 30 0 0 1 60 0M44 40a16 16 0 0 1 32 0" strokeLinecap="round" />
        <path d="M60 2v4M22 16l3 3M98 16l-3 3" strokeLinecap="round" />
      </svg>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-1 max-w-prose text-sm text-muted">{children}</div>
    </div>
  );
}
