import { Bar, BarChart, LabelList, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { AXIS } from "./parts";

/** Named counts, the most first; on a logarithmic scale, as one reason often outnumbers all others. */
export function CountBars({ rows }: { rows: { name: string; count: number }[] }) {
  const drawn = rows.map((row) => ({ ...row, length: Math.log10(row.count + 1) }));
  return (
    <ResponsiveContainer width="100%" height={rows.length * 46 + 8}>
      <BarChart data={drawn} layout="vertical" margin={{ top: 0, right: 56, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <XAxis type="number" hide />
        <YAxis type="category" dataKey="name" width={150} interval={0} {...AXIS} axisLine={false} />
        <Bar dataKey="length" fill="rgb(var(--dusk))" radius={[0, 4, 4, 0]} barSize={14} isAnimationActive={false} minPointSize={2}>
          <LabelList dataKey="count" position="right" fill="rgb(var(--muted))" fontSize={12} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}
