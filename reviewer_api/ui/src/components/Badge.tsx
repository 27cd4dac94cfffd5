import type { ComponentType, ReactNode, SVGProps } from "react";

export type Tone = "dusk" | "dawn" | "good" | "bad" | "warn" | "muted";
export type Icon = ComponentType<SVGProps<SVGSVGElement>>;

const TONES: Record<Tone, string> = {
  dusk: "bg-dusk-soft text-dusk",
  dawn: "bg-dawn-soft text-dawn",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  muted: "bg-sunken text-muted",
};

/** A short word with its icon: colour is never the only sign. */
export function Badge({ tone, icon: Icon, children }: { tone: Tone; icon?: Icon; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-semibold ${TONES[tone]}`}>
      {Icon && <Icon className="h-3.5 w-3.5 shrink-0" aria-hidden="true" />}
      {children}
    </span>
  );
}
