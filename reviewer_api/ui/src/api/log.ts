import { useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";

export function useLog() {
  return useQuery({ queryKey: ["log"], queryFn: ({ signal }) => answer(api.GET("/api/log", { signal })) });
}
