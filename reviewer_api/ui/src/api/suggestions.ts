/** Suggestions: the board's lists and one suggestion's page. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { BulkQuestion, SuggestionPage, State } from "./schema";
import { STATUS } from "./status";

export type Wanted = { state: State[]; area?: string; kind?: string; q: string; offset: number; limit: number };

const LISTS = ["suggestions"] as const;
const pageKey = (habitId: string) => ["suggestion", habitId] as const;

export function useSuggestions(wanted: Wanted) {
  return useQuery({
    queryKey: [...LISTS, wanted],
    queryFn: ({ signal }) => answer(api.GET("/api/suggestions", { params: { query: { order: "strength", ...wanted } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}

export function useSuggestion(habitId: string) {
  return useQuery({
    queryKey: pageKey(habitId),
    queryFn: ({ signal }) => answer(api.GET("/api/suggestions/{habit_id}", { params: { path: { habit_id: habitId } }, signal })),
    refetchInterval: 60_000,
  });
}

export function useDiff(habitId: string, against: "main" | "home", shown: SuggestionPage) {
  return useQuery({
    queryKey: [...pageKey(habitId), "diff", against, shown.seen],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/suggestions/{habit_id}/diff", { params: { path: { habit_id: habitId }, query: { against } }, signal })),
    initialData: against === shown.diff.against ? shown.diff : undefined,
    placeholderData: keepPreviousData,
  });
}

export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BulkQuestion) => answer(api.POST("/api/suggestions/bulk", { body })),
    onSettled: () => invalidate(client),
  });
}

/** A change of one suggestion; its page in the cache becomes what the service answers. */
export function useDecision<Question>(habitId: string, ask: (habitId: string, question: Question) => Promise<SuggestionPage>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (question: Question) => ask(habitId, question),
    onSuccess: (page) => {
      client.setQueryData(pageKey(habitId), page);
      invalidate(client);
    },
  });
}

export function usePutPage(habitId: string) {
  const client = useQueryClient();
  return (page: SuggestionPage | null) => {
    if (page) client.setQueryData(pageKey(habitId), page);
    else void client.invalidateQueries({ queryKey: pageKey(habitId) });
    invalidate(client);
  };
}

function invalidate(client: ReturnType<typeof useQueryClient>) {
  for (const queryKey of [LISTS, STATUS, ["automations"], ["deployments"], ["log"]]) void client.invalidateQueries({ queryKey });
}
