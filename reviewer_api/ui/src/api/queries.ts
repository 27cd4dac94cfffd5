/** The cache of what the service answered. */
import { QueryCache, QueryClient, MutationCache } from "@tanstack/react-query";
import { ApiError } from "./client";

export const SESSION = ["session"] as const;

export function createQueryClient(): QueryClient {
  const signedOut = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) client.setQueryData(SESSION, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: signedOut }),
    mutationCache: new MutationCache({ onError: signedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (times, error) => times < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      },
    },
  });
  return client;
}
