import type { Completion, CompletionContext, CompletionSource } from "@codemirror/autocomplete";
import type { Catalogue } from "../../api/schema";

/** Offers what the home has: services behind `action:`, entities everywhere else that an id can stand. */
export function completeFrom(catalogue: () => Catalogue | undefined): CompletionSource {
  return (context: CompletionContext) => {
    const known = catalogue();
    const word = context.matchBefore(/[\w.]*/);
    if (!known || !word || (word.from === word.to && !context.explicit)) return null;
    const options = wantsService(context.state.doc.lineAt(word.from).text) ? services(known) : entities(known);
    return { from: word.from, options, validFor: /^[\w.]*$/ };
  };
}

export function wantsService(line: string): boolean {
  return /^\s*(-\s+)?(action|service):/.test(line);
}

function entities(known: Catalogue): Completion[] {
  return known.entities.map(({ entity_id, name, area }) => ({ label: entity_id, detail: [name, area].filter(Boolean).join(", ") }));
}

function services(known: Catalogue): Completion[] {
  return known.services.map((service) => ({ label: service }));
}
