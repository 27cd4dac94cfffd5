import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { preview } from "../../api/decisions";

const PAUSE_MS = 400;

/** What this text would mean, asked when the typing pauses; an answer to an older text is cancelled. */
export function usePreview(habitId: string, yaml: string) {
  const [settled, setSettled] = useState(yaml);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(yaml), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [yaml]);
  const asked = useQuery({
    queryKey: ["preview", habitId, settled],
    queryFn: ({ signal }) => preview(habitId, settled, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  return { ...asked, behind: settled !== yaml || asked.isFetching };
}
