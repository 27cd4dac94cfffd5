import { Dialog as Modal, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react";
import { SignInForm } from "./SignInForm";

/** The session ended; what is on the page, and what was typed, stays beneath. */
export function SignInAgain() {
  return (
    <Modal open onClose={() => undefined} className="relative z-50">
      <DialogBackdrop className="fixed inset-0 bg-[#0b0d1f]/70" />
      <div className="fixed inset-0 flex items-center justify-center p-4">
        <DialogPanel className="card w-full max-w-md p-6">
          <DialogTitle className="text-xl font-semibold">Your session has ended</DialogTitle>
          <p className="mb-4 mt-1 text-sm text-muted">Sign in to go on where you were; nothing that you typed is lost.</p>
          <SignInForm />
        </DialogPanel>
      </div>
    </Modal>
  );
}
