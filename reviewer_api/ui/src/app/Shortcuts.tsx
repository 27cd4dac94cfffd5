import { useState } from "react";
import { Dialog } from "../components/Dialog";
import { useKeys } from "../components/useKeys";

const KEYS: [string, string][] = [
  ["j / k", "Next and previous suggestion"],
  ["Enter", "Open it"],
  ["a", "Approve"],
  ["d", "Decline"],
  ["e", "Edit"],
  ["u", "Back to the list"],
  ["/", "Search"],
  ["?", "This list"],
];

export function Shortcuts() {
  const [open, setOpen] = useState(false);
  useKeys({ "?": () => setOpen(true) });
  return (
    <Dialog open={open} title="Keys" verb="Good" close={() => setOpen(false)} act={() => setOpen(false)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        {KEYS.map(([key, words]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-md border border-edge bg-sunken px-2 py-0.5 font-mono text-xs font-semibold">{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
