import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "react-router-dom";
import { ApiError, mount } from "../../api/client";
import { useSignIn } from "../../api/session";
import { Button } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { keepWayBack } from "./wayBack";

export function SignInForm() {
  const [secret, setSecret] = useState("");
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  const toHome = useMutation({ mutationFn: () => toHomeAssistant(pathname + search) });
  const error = signIn.error ?? toHome.error;
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
      {error && (
        <Callout tone="bad" role="alert">
          {error.message}
        </Callout>
      )}
      <Button type="submit" look="primary" busy={signIn.isPending} className="w-full">
        Sign in
      </Button>
      <p className="text-center text-sm">
        <button type="button" className="rounded font-semibold text-dusk underline underline-offset-2" onClick={() => toHome.mutate()}>
          Sign in with Home Assistant
        </button>
      </p>
    </form>
  );
}

/** Leaves for Home Assistant's own sign-in page, unless the service says that there is none. */
async function toHomeAssistant(from: string) {
  const door = new URL("api/sign-in/home-assistant", mount);
  const answer = await fetch(door, { redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    keepWayBack(from);
    location.assign(door);
  } else throw new ApiError(answer.status, ((await answer.json()) as { detail: string }).detail);
}
