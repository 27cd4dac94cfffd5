import type { DeployResult } from "../api/schema";

type Told = { tone: "good" | "bad" | "warn" | "dusk"; words: string };

/** What became of a change in the home, in words. */
export const OUTCOMES: Record<DeployResult["outcome"], Told> = {
  deployed: { tone: "good", words: "Deployed. Your home has it, and reads back the same." },
  pending: { tone: "dusk", words: "Approved, and on its way to your home." },
  refused: { tone: "bad", words: "Your home refused it, so it was taken back." },
  held: { tone: "warn", words: "It waits for a second yes." },
  drifted: { tone: "warn", words: "Your home has another version by now; nothing was overwritten." },
  removed: { tone: "good", words: "Removed from your home." },
  paused: { tone: "warn", words: "Approved. It waits, as everything is paused." },
  nothing: { tone: "dusk", words: "Your home is as main wishes it already." },
};

export function outcomeWords({ outcome, why }: DeployResult): string {
  return [OUTCOMES[outcome].words, why].filter(Boolean).join(" ");
}
