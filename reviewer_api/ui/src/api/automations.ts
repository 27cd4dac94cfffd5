/** What is deployed, and a person's word on it. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { DeployResult } from "./schema";

const at = (automation_id: string) => ({ path: { automation_id } });

export function useAutomations(q: string) {
  return useQuery({
    queryKey: ["automations", "list", q],
    queryFn: ({ signal }) => answer(api.GET("/api/automations", { params: { query: { q } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}

export function useAutomation(id: string) {
  return useQuery({
    queryKey: ["automations", "one", id],
    queryFn: ({ signal }) => answer(api.GET("/api/automations/{automation_id}", { params: at(id), signal })),
    refetchInterval: 60_000,
  });
}

export function useVersionDiff(id: string, sha: string, wanted: boolean) {
  return useQuery({
    queryKey: ["automations", "version", id, sha],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/automations/{automation_id}/versions/{sha}", { params: { path: { automation_id: id, sha } }, signal })),
    enabled: wanted,
    staleTime: Infinity,
  });
}

export function useRollbackPreview(id: string, to: string | null, wanted: boolean) {
  return useQuery({
    queryKey: ["automations", "rollback", id, to],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/automations/{automation_id}/rollback", { params: { ...at(id), query: { to } }, signal })),
    enabled: wanted,
    staleTime: 0,
  });
}

export function useRollback(id: string) {
  return useChange((body: { to: string | null; seen_main: string }) =>
    answer(api.POST("/api/automations/{automation_id}/rollback", { params: at(id), body })),
  );
}

export type Mend = "restore" | "adopt" | "unmanage" | "reapply";

export function useMend(id: string) {
  return useChange((mend: Mend) => answer(api.POST(`/api/automations/{automation_id}/${mend}`, { params: at(id) })));
}

export function useRunOnce(id: string) {
  return useMutation({ mutationFn: () => answer(api.POST("/api/automations/{automation_id}/run", { params: at(id) })) });
}

export function usePlan() {
  return useQuery({ queryKey: ["plan"], queryFn: ({ signal }) => answer(api.GET("/api/plan", { signal })) });
}

export function useConfirmPlan() {
  return useChange((plan_hash: string) => answer(api.POST("/api/plan/confirm", { body: { plan_hash } })));
}

export function useDeployments() {
  return useQuery({ queryKey: ["deployments"], queryFn: ({ signal }) => answer(api.GET("/api/deployments", { signal })) });
}

function useChange<Question>(ask: (question: Question) => Promise<DeployResult>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSettled: () => {
      for (const key of ["automations", "suggestions", "suggestion", "status", "plan", "deployments", "log"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
