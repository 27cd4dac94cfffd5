/** The nights: what they found, how long they took, and the one under way. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api, mount } from "./client";

const RUNS = ["runs"] as const;

export type Progress = { stage: string; done: number; total: number; message: string };

export function useRuns() {
  return useQuery({
    queryKey: [...RUNS, "list"],
    queryFn: ({ signal }) => answer(api.GET("/api/runs", { signal })),
    refetchInterval: 30_000,
  });
}

export function useRun(run_id: string) {
  return useQuery({
    queryKey: [...RUNS, "one", run_id],
    queryFn: ({ signal }) => answer(api.GET("/api/runs/{run_id}", { params: { path: { run_id } }, signal })),
  });
}

export function useStartRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/runs")),
    onSettled: () => client.invalidateQueries({ queryKey: RUNS }),
  });
}

export function useStopRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run_id: string) => answer(api.DELETE("/api/runs/{run_id}", { params: { path: { run_id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: RUNS }),
  });
}

/** What the run does now; when it ends, everything that it may have changed is asked anew. */
export function useProgress(runId: string): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(null);
  const client = useQueryClient();
  useEffect(() => {
    const events = new EventSource(new URL(`api/runs/${encodeURIComponent(runId)}/live`, mount));
    events.addEventListener("progress", (event) => setProgress(JSON.parse(event.data as string) as Progress));
    events.addEventListener("finished", () => {
      events.close();
      for (const key of ["runs", "suggestions", "status", "log"]) void client.invalidateQueries({ queryKey: [key] });
    });
    return () => events.close();
  }, [client, runId]);
  return progress;
}
