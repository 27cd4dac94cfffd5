import { useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";

export function usePatterns() {
  return useQuery({
    queryKey: ["patterns"],
    queryFn: ({ signal }) => answer(api.GET("/api/patterns", { signal })),
    staleTime: 60_000,
  });
}
