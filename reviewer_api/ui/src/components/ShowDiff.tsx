import { lazy, Suspense } from "react";
import type { DiffAnswer } from "../api/schema";

const LineDiff = lazy(() => import("./LineDiff"));

/** What changed: in sentences first, then line by line. */
export function ShowDiff({ diff, split = false }: { diff: Pick<DiffAnswer, "old" | "new" | "words">; split?: boolean }) {
  return (
    <div className="space-y-3">
      {diff.words.length > 0 && (
        <ul className="list-disc space-y-0.5 pl-5 text-sm [overflow-wrap:anywhere]">
          {diff.words.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      {diff.old === diff.new ? (
        <p className="rounded-lg border border-line bg-sunken p-3 text-sm text-muted">No line differs.</p>
      ) : (
        <Suspense fallback={<div className="h-64 rounded-lg border border-line bg-sunken motion-safe:animate-pulse" />}>
          <LineDiff old={diff.old} new={diff.new} split={split} />
        </Suspense>
      )}
    </div>
  );
}
