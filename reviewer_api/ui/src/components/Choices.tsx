import { useId } from "react";

type Props<Key extends string> = {
  name: string;
  options: Record<Key, [string, string]>;
  chosen: Key;
  choose: (key: Key) => void;
};

/** One of a few, each with a word on what it means. */
export function Choices<Key extends string>({ name, options, chosen, choose }: Props<Key>) {
  const group = useId();
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-semibold">{name}</legend>
      <div className="divide-y divide-line overflow-hidden rounded-xl border border-line">
        {(Object.entries(options) as [Key, [string, string]][]).map(([key, [word, meaning]]) => (
          <label key={key} className={`flex cursor-pointer gap-3 px-3.5 py-2.5 ${key === chosen ? "bg-dusk-soft" : "hover:bg-sunken"}`}>
            <input type="radio" name={group} checked={key === chosen} onChange={() => choose(key)} className="mt-1 h-4 w-4" />
            <span>
              <span className="block font-semibold">{word}</span>
              <span className="block text-sm text-muted">{meaning}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
