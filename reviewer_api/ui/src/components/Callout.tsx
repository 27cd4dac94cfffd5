import { CheckCircleIcon, ExclamationTriangleIcon, InformationCircleIcon, XCircleIcon } from "@heroicons/react/20/solid";
import type { ReactNode } from "react";
import type { Icon, Tone } from "./Badge";

type CalloutTone = Extract<Tone, "good" | "bad" | "warn" | "dusk">;

const LOOKS: Record<CalloutTone, { icon: Icon; box: string; mark: string }> = {
  good: { icon: CheckCircleIcon, box: "border-good/30 bg-good-soft", mark: "text-good" },
  bad: { icon: XCircleIcon, box: "border-bad/30 bg-bad-soft", mark: "text-bad" },
  warn: { icon: ExclamationTriangleIcon, box: "border-warn/30 bg-warn-soft", mark: "text-warn" },
  dusk: { icon: InformationCircleIcon, box: "border-dusk/25 bg-dusk-soft", mark: "text-dusk" },
};

type Props = { tone: CalloutTone; title?: ReactNode; children?: ReactNode; actions?: ReactNode; role?: "alert" | "status" };

export function Callout({ tone, title, children, actions, role }: Props) {
  const { icon: Icon, box, mark } = LOOKS[tone];
  return (
    <div role={role} className={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-xl border p-3 text-sm ${box}`}>
      <Icon className={`mt-0.5 h-5 w-5 shrink-0 ${mark}`} aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-52 [overflow-wrap:anywhere]">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
