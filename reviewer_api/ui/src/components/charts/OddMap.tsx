import { CartesianGrid, ResponsiveContainer, Scatter, ScatterChart, XAxis, YAxis } from "recharts";
import { AXIS } from "./parts";

export type Odd = { at: number; name: string; score: number };

/** When something odd happened, by entity; the bigger the odder. `days` are the beginnings of days around all of it. */
export function OddMap({ found, days, format }: { found: Odd[]; days: number[]; format: (at: number) => string }) {
  const names = [...new Set(found.map(({ name }) => name))];
  const most = Math.max(...found.map(({ score }) => Math.abs(score)), 0.001);
  const points = found.map((odd) => ({ ...odd, row: names.indexOf(odd.name), radius: 3 + 5 * (Math.abs(odd.score) / most) }));
  return (
    <ResponsiveContainer width="100%" height={names.length * 34 + 50}>
      <ScatterChart margin={{ top: 4, right: 40, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="rgb(var(--line))" vertical={false} />
        <XAxis dataKey="at" type="number" domain={[Math.min(...days), Math.max(...days)]} ticks={days} interval={0} tickFormatter={format} {...AXIS} />
        <YAxis dataKey="row" type="number" domain={[-0.5, names.length - 0.5]} ticks={names.map((_, row) => row)} tickFormatter={(row: number) => names[row] ?? ""} width={150} interval={0} {...AXIS} axisLine={false} />
        <Scatter data={points} isAnimationActive={false} shape={dot} />
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function dot({ cx, cy, radius }: { cx?: number; cy?: number; radius?: number }) {
  return <circle cx={cx} cy={cy} r={radius} fill="rgb(var(--dawn))" fillOpacity={0.8} />;
}
