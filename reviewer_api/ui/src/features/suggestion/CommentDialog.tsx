import { useState } from "react";
import { Dialog } from "../../components/Dialog";

type Props = {
  open: boolean;
  title: string;
  hint: string;
  close: () => void;
  act: (text: string) => void;
  busy: boolean;
  error: Error | null;
};

export function CommentDialog({ open, title, hint, close, act, busy, error }: Props) {
  const [text, setText] = useState("");
  return (
    <Dialog open={open} title={title} verb="Send" close={close} act={() => act(text.trim())} busy={busy} error={error} disabled={!text.trim()}>
      <label className="block text-sm">
        {hint}
        <textarea rows={4} maxLength={2000} required value={text} onChange={(event) => setText(event.target.value)} className="field mt-1 w-full" />
      </label>
    </Dialog>
  );
}
