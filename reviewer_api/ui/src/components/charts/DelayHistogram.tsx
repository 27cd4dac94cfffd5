import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { duration } from "../times";
import { AXIS, TOOLTIP } from "./parts";

const BARS = 16;
const ROUND_WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];

/** How long after the first thing the second came. */
export function DelayHistogram({ delays }: { delays: number[] }) {
  return (
    <ResponsiveContainer width="100%" height={220}>
      <BarChart data={bars(delays)} margin={{ top: 8, right: 12, bottom: 0, left: -12 }} accessibilityLayer={false}>
        <CartesianGrid stroke="rgb(var(--line))" vertical={false} />
        <XAxis dataKey="from" tickFormatter={duration} {...AXIS} />
        <YAxis allowDecimals={false} {...AXIS} />
        <Tooltip {...TOOLTIP} labelFormatter={(from) => `${duration(Number(from))} later`} />
        <Bar dataKey="count" name="times" fill="rgb(var(--dawn))" radius={[4, 4, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
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
