import { Logo } from "../../components/Logo";
import { SignInForm } from "./SignInForm";

export function SignIn() {
  return (
    <main className="night-sky flex min-h-screen items-center justify-center p-4">
      <div className="w-full max-w-md">
        <div className="mb-6 text-center text-[#f4f1ea]">
          <Logo className="mx-auto mb-3 h-14 w-14" />
          <h1 className="text-3xl font-semibold">Nightshift</h1>
          <p className="mt-1 text-[#cfd1ea]">What the night found out about your home, for you to decide.</p>
        </div>
        <div className="card p-6">
          <SignInForm />
        </div>
      </div>
    </main>
  );
}
