import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { duration } from "../times";
import { AXIS, TOOLTIP } from "./parts";

const BARS = 16;
const ROUND_WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];

/** How long after the first thing the second came, and the middle of it, at which the automation would act. */
export function DelayHistogram({ delays }: { delays: number[] }) {
  const drawn = bars(delays);
  const width = (drawn[1]?.from ?? 1) - (drawn[0]?.from ?? 0);
  const middle = median(delays);
  return (
    <ResponsiveContainer width="100%" height={220}>
      <BarChart data={drawn} margin={{ top: 24, right: 20, bottom: 0, left: -12 }} barCategoryGap="12%" accessibilityLayer={false}>
        <CartesianGrid stroke="rgb(var(--line))" vertical={false} />
        <XAxis dataKey="from" tickFormatter={duration} interval="preserveStartEnd" minTickGap={24} {...AXIS} />
        <YAxis allowDecimals={false} {...AXIS} />
        <Tooltip {...TOOLTIP} labelFormatter={(from) => `${duration(Number(from))} to ${duration(Number(from) + width)} later`} />
        <Bar dataKey="count" name="times" fill="rgb(var(--dawn))" radius={[4, 4, 0, 0]} maxBarSize={48} isAnimationActive={false} />
        <ReferenceLine
          x={Math.floor(middle / width) * width}
          stroke="rgb(var(--dusk))"
          strokeWidth={2}
          strokeDasharray="4 3"
          label={{ value: `half within ${duration(middle)}`, position: "top", fill: "rgb(var(--dusk))", fontSize: 12, fontWeight: 600 }}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Bars of one round width that cover all delays. */
export function bars(delays: number[]): { from: number; count: number }[] {
  const longest = Math.max(...delays, 1);
  const width = ROUND_WIDTHS.find((seconds) => longest / seconds <= BARS) ?? Math.ceil(longest / BARS);
  const counts = new Array<number>(Math.floor(longest / width) + 1).fill(0);
  for (const delay of delays) {
    const at = Math.max(0, Math.floor(delay / width));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, at) => ({ from: at * width, count }));
}
