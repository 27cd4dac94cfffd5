type Bar = { name: string; value: number; words: string; within?: boolean };

/** Named amounts as a list that is also a picture; `within` stands for a part of the one before it. */
export function Bars({ rows }: { rows: Bar[] }) {
  const most = Math.max(...rows.map(({ value }) => value), 0.001);
  return (
    <ul className="space-y-2.5 text-sm">
      {rows.map(({ name, value, words, within }) => (
        <li key={name} className={within ? "pl-4 text-muted" : ""}>
          <p className="flex items-baseline justify-between gap-4">
            <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
            <span className="shrink-0 font-medium tabular-nums">{words}</span>
          </p>
          <span className="mt-1 block h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
            <span className={`block h-full min-w-[3px] rounded-full ${within ? "bg-dusk/50" : "bg-dusk"}`} style={{ width: `${(100 * value) / most}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
