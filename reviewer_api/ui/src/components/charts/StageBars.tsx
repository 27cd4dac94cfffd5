import { Bar, BarChart, LabelList, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { StageTime } from "../../api/schema";
import { duration } from "../times";
import { AXIS } from "./parts";

/** Where a night's time went. */
export function StageBars({ stages }: { stages: StageTime[] }) {
  return (
    <ResponsiveContainer width="100%" height={stages.length * 34 + 10}>
      <BarChart data={stages} layout="vertical" margin={{ top: 0, right: 64, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <XAxis type="number" hide />
        <YAxis type="category" dataKey="stage" width={76} {...AXIS} axisLine={false} />
        <Bar dataKey="seconds" fill="rgb(var(--dusk))" radius={[0, 4, 4, 0]} barSize={14} isAnimationActive={false} minPointSize={2}>
          <LabelList dataKey="seconds" position="right" formatter={(seconds) => shortDuration(Number(seconds))} fill="rgb(var(--muted))" fontSize={12} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}

function shortDuration(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
}
