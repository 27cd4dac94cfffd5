import { useEffect, useRef } from "react";
import type { Catalogue, ProblemAnswer } from "../../api/schema";
import { showProblems, yamlView, type YamlView } from "./codemirror";

type Props = { initial: string; problems: ProblemAnswer[]; catalogue: Catalogue | undefined; changed: (yaml: string) => void; save: () => void };

/** CodeMirror, in a shadow root: there it adopts its style sheets and the page's strict policy need not give way. */
export default function YamlEditor({ initial, problems, catalogue, changed, save }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<YamlView | null>(null);
  const latest = useRef({ changed, save, catalogue });
  useEffect(() => {
    latest.current = { changed, save, catalogue };
  });
  useEffect(() => {
    if (!host.current) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const made = yamlView(root, initial, {
      changed: (yaml) => latest.current.changed(yaml),
      save: () => latest.current.save(),
      catalogue: () => latest.current.catalogue,
    });
    view.current = made;
    return () => made.destroy();
  }, [initial]);
  useEffect(() => {
    if (view.current) showProblems(view.current, problems);
  }, [problems]);
  return <div ref={host} data-testid="yaml-editor" className="min-h-[24rem] overflow-hidden rounded-xl border border-edge bg-surface focus-within:ring-2 focus-within:ring-dusk" />;
}
