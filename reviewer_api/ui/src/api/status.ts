import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";

export const STATUS = ["status"] as const;

export function useStatus() {
  return useQuery({
    queryKey: STATUS,
    queryFn: ({ signal }) => answer(api.GET("/api/status", { signal })),
    refetchInterval: 30_000,
  });
}

export function usePause() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { paused: boolean; reason: string }) => answer(api.PUT("/api/status/pause", { body })),
    onSuccess: (status) => client.setQueryData(STATUS, status),
  });
}
