import { createTwoFilesPatch } from "diff";
import { useMemo } from "react";
import { Diff, Hunk, markEdits, parseDiff, tokenize } from "react-diff-view";
import "react-diff-view/style/index.css";
import "./LineDiff.css";

const LONG = 60_000;

type Props = { old: string; new: string; split: boolean };

/** The exact lines, unified or side by side. */
export default function LineDiff({ old, new: now, split }: Props) {
  const file = useMemo(() => {
    const patch = createTwoFilesPatch("a", "b", ended(old), ended(now), "", "", { context: 4 });
    return parseDiff(`diff --git a/a b/b\n${patch.slice(patch.indexOf("---"))}`, { nearbySequences: "zip" })[0];
  }, [old, now]);
  const tokens = useMemo(
    () => (file && old.length + now.length < LONG ? tokenize(file.hunks, { enhancers: [markEdits(file.hunks)] }) : null),
    [file, old, now],
  );
  if (!file) return null;
  return (
    // A wide diff scrolls by itself, also by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`line-diff ${old === "" ? "line-diff-new " : ""}overflow-x-auto rounded-lg border border-line`} role="group" aria-label="Changed lines" tabIndex={0}>
      <Diff viewType={split ? "split" : "unified"} diffType={file.type} hunks={file.hunks} tokens={tokens}>
        {(hunks) => hunks.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
      </Diff>
    </div>
  );
}

/** A missing newline at the end is no change worth a line. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
