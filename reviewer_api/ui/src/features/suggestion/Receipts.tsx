import { LockClosedIcon } from "@heroicons/react/20/solid";
import type { SuggestionPage } from "../../api/schema";
import { Section } from "../../components/Section";
import { Moment } from "../../components/times";

/** What left the house, word for word. */
export function Receipts({ page }: { page: SuggestionPage }) {
  const { receipts, drafted_by } = page;
  return (
    <Section title="What left the house">
      {receipts.length === 0 ? (
        <p className="flex items-center gap-2">
          <LockClosedIcon className="h-5 w-5 shrink-0 text-good" aria-hidden="true" />
          Nothing. It was drafted here{drafted_by === "baseline" ? ", without a model" : ` by ${drafted_by}`}.
        </p>
      ) : (
        <ul className="space-y-3">
          {receipts.map((receipt) => (
            <li key={receipt.at} className="rounded-xl border border-line p-3.5">
              <p className="text-sm">
                <span className="font-semibold">{receipt.model}</span>, <Moment at={receipt.at} />. {receipt.tokens_in + receipt.tokens_out} tokens, $
                {receipt.dollars.toFixed(4)}, {receipt.seconds.toFixed(1)} s.
              </p>
              <Words name="What was sent" text={receipt.sent} />
              <Words name="What came back" text={receipt.received} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Words({ name, text }: { name: string; text: string }) {
  return (
    <details className="mt-2 text-sm">
      <summary className="cursor-pointer font-medium text-muted">{name}</summary>
      {/* Long text scrolls by itself, also by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={name} className="mt-2 max-h-80 overflow-auto whitespace-pre-wrap rounded-lg bg-sunken p-3 font-mono text-xs [overflow-wrap:anywhere]">
        {text}
      </pre>
    </details>
  );
}
