import { useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";

export function useCatalogue() {
  return useQuery({
    queryKey: ["catalogue"],
    queryFn: ({ signal }) => answer(api.GET("/api/catalogue", { signal })),
    staleTime: 300_000,
  });
}
