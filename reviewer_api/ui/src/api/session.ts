/** Who is signed in; null: nobody. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, ApiError, setCsrf } from "./client";
import { SESSION } from "./queries";
import type { SessionAnswer } from "./schema";

export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: currentSession, staleTime: Infinity });
}

/** Whether this person may decide; a reader only looks. */
export function useMayDecide(): boolean {
  return useSession().data?.role === "approver";
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      client.setQueryData(SESSION, session);
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/session")),
    onSuccess: () => {
      client.clear();
      client.setQueryData(SESSION, null);
    },
  });
}

async function currentSession(): Promise<SessionAnswer | null> {
  const secret = secretInAddress();
  if (secret) return signIn(secret).catch(() => known());
  return known();
}

async function known(): Promise<SessionAnswer | null> {
  try {
    return kept(await answer(api.GET("/api/session")));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

async function signIn(secret: string): Promise<SessionAnswer> {
  return kept(await answer(api.POST("/api/session", { body: { secret } })));
}

function kept(session: SessionAnswer): SessionAnswer {
  setCsrf(session.csrf);
  return session;
}

/** The code of a sign-in link stands behind the `#`, where no server sees it; it leaves the address bar at once. */
function secretInAddress(): string | null {
  const secret = new URLSearchParams(location.hash.slice(1)).get("code");
  if (secret) history.replaceState(history.state, "", location.pathname + location.search);
  return secret;
}
