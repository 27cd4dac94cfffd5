/** How sure the evidence makes us, 0 to 1, as a small bar and in days, which people can picture. */
export function Strength({ value, seen, possible }: { value: number; seen: number; possible: number }) {
  const lit = Math.max(1, Math.round(value * 5));
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap text-sm tabular-nums text-muted">
      <span className="flex items-end gap-0.5" aria-hidden="true">
        {HEIGHTS.map((height, step) => (
          <span key={height} className={`w-1 rounded-sm ${height} ${step < lit ? "bg-dawn" : "bg-line"}`} />
        ))}
      </span>
      <span title={`At least ${Math.round(value * 100)} % sure`}>
        {seen} of {possible} days
      </span>
    </span>
  );
}

const HEIGHTS = ["h-1.5", "h-2", "h-2.5", "h-3", "h-3.5"];
