import { Dialog as Modal, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react";
import type { FormEvent, ReactNode } from "react";
import { Button, type Look } from "./Button";
import { Callout } from "./Callout";

type Props = {
  open: boolean;
  title: string;
  close: () => void;
  /** The button that does it. */
  verb: string;
  act: () => void;
  look?: Look;
  busy?: boolean;
  disabled?: boolean;
  error?: Error | null;
  children: ReactNode;
};

/** Asks before something changes: what will change, one button that does it, one that does not. */
export function Dialog({ open, title, close, verb, act, look = "primary", busy, disabled, error, children }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act();
  };
  return (
    <Modal open={open} onClose={close} className="relative z-50">
      <DialogBackdrop className="fixed inset-0 animate-appear bg-[#0b0d1f]/60" />
      <div className="fixed inset-0 flex items-end justify-center overflow-y-auto sm:items-center sm:p-6">
        <DialogPanel className="card max-h-full w-full max-w-xl animate-appear overflow-y-auto rounded-b-none p-5 sm:rounded-b-2xl sm:p-6">
          <form onSubmit={submit} className="space-y-4">
            <DialogTitle className="text-xl font-semibold">{title}</DialogTitle>
            {children}
            {error && (
              <Callout tone="bad" role="alert">
                {error.message}
              </Callout>
            )}
            <div className="flex flex-col-reverse gap-2 pt-1 sm:flex-row sm:justify-end">
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" look={look} busy={busy} disabled={disabled}>
                {verb}
              </Button>
            </div>
          </form>
        </DialogPanel>
      </div>
    </Modal>
  );
}
