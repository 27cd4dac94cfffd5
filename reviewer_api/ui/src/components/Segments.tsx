type Props<Key extends string> = { name: string; options: Record<Key, string>; chosen: Key; choose: (key: Key) => void };

/** A few views of the same thing, one at a time. */
export function Segments<Key extends string>({ name, options, chosen, choose }: Props<Key>) {
  return (
    <div role="group" aria-label={name} className="inline-flex rounded-lg border border-line bg-sunken p-0.5">
      {(Object.entries(options) as [Key, string][]).map(([key, word]) => (
        <button
          key={key}
          type="button"
          aria-pressed={key === chosen}
          onClick={() => choose(key)}
          className={`rounded-md px-2.5 py-1 text-xs font-semibold [@media(pointer:coarse)]:px-3 [@media(pointer:coarse)]:py-2 ${key === chosen ? "bg-surface text-ink shadow-sm ring-1 ring-edge/40" : "text-muted hover:text-ink"}`}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
