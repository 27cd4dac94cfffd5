/** CodeMirror, put together for one automation in YAML. */
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Catalogue, ProblemAnswer } from "../../api/schema";
import { completeFrom } from "./completion";

export type YamlView = EditorView;

type Wiring = { changed: (yaml: string) => void; save: () => void; catalogue: () => Catalogue | undefined };

export function yamlView(root: ShadowRoot, doc: string, wiring: Wiring): EditorView {
  const saveKey = { key: "Mod-s", preventDefault: true, run: () => (wiring.save(), true) };
  const state = EditorState.create({
    doc,
    extensions: [
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of("  "),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      yaml(),
      syntaxHighlighting(COLOURS),
      autocompletion({ override: [completeFrom(wiring.catalogue)], icons: false }),
      // Tab is left to the browser, so that the keyboard finds its way out.
      keymap.of([saveKey, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.lineWrapping,
      typedOver,
      EditorView.contentAttributes.of({ "aria-label": "The automation as YAML" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) wiring.changed(update.state.doc.toString());
      }),
      LOOK,
    ],
  });
  return new EditorView({ state, parent: root, root });
}

/**
 * What is typed over a selection is put in here: the browser would keep the look of what stood there as an inline style,
 * which the page's policy refuses.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { empty, from, to } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || empty || view.composing) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert));
    if (!handled) view.dispatch(insert());
    return true;
  },
});

const SEVERITIES: Record<ProblemAnswer["severity"], Diagnostic["severity"]> = { block: "error", ask: "warning", warn: "info" };

/** Marks each problem at its line; one without a line stands at the first. */
export function showProblems(view: EditorView, problems: ProblemAnswer[]) {
  const marks = problems.map((problem): Diagnostic => {
    const line = view.state.doc.line(Math.min(Math.max(problem.line ?? 1, 1), view.state.doc.lines));
    return { from: line.from, to: line.to, severity: SEVERITIES[problem.severity], message: [problem.message, problem.mend].filter(Boolean).join(" ") };
  });
  view.dispatch(setDiagnostics(view.state, marks));
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "rgb(var(--dusk))" },
  { tag: [tags.string, tags.content], color: "rgb(var(--ink))" },
  { tag: tags.comment, color: "rgb(var(--muted))", fontStyle: "italic" },
  { tag: [tags.keyword, tags.bool, tags.number, tags.null], color: "rgb(var(--dawn))" },
  { tag: [tags.punctuation, tags.separator], color: "rgb(var(--muted))" },
]);

const LOOK = EditorView.theme({
  "&": { color: "rgb(var(--ink))", backgroundColor: "rgb(var(--surface))", fontSize: "13.5px", minHeight: "24rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace', lineHeight: "1.6", minHeight: "24rem" },
  ".cm-gutters": { backgroundColor: "rgb(var(--sunken))", color: "rgb(var(--muted))", border: "none" },
  ".cm-activeLine": { backgroundColor: "rgb(var(--dusk-soft) / .45)" },
  ".cm-cursor": { borderLeftColor: "rgb(var(--ink))" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "rgb(var(--dusk) / .25)" },
  ".cm-tooltip": { backgroundColor: "rgb(var(--surface))", color: "rgb(var(--ink))", border: "1px solid rgb(var(--edge))", borderRadius: "8px", overflow: "hidden" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "rgb(var(--dusk))", color: "rgb(var(--on-dusk))" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".85" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "Figtree, sans-serif" },
});
