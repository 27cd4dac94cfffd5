import { useState } from "react";
import { mount } from "../../api/client";
import { useSignIn } from "../../api/session";
import { Button } from "../../components/Button";
import { Callout } from "../../components/Callout";

export function SignInForm() {
  const [secret, setSecret] = useState("");
  const signIn = useSignIn();
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate(secret.trim());
      }}
    >
      <label className="block text-sm font-semibold">
        Token
        <input
          type="password"
          name="token"
          autoComplete="current-password"
          required
          minLength={16}
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          className="field mt-1 w-full font-mono font-normal"
        />
        <span className="mt-1.5 block text-sm font-normal text-muted">
          The local token, or a long-lived token of Home Assistant. Simplest is a fresh link:{" "}
          <code className="whitespace-nowrap text-ink">python -m reviewer_api link</code>
        </span>
      </label>
      {signIn.error && (
        <Callout tone="bad" role="alert">
          {signIn.error.message}
        </Callout>
      )}
      <Button type="submit" look="primary" busy={signIn.isPending} className="w-full">
        Sign in
      </Button>
      <p className="text-center text-sm">
        <a className="font-semibold text-dusk underline underline-offset-2" href={`${mount.href}api/sign-in/home-assistant`}>
          Sign in with Home Assistant
        </a>
      </p>
    </form>
  );
}
