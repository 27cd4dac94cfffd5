/** How every chart is drawn, so that they match the page in light and dark. */
export const AXIS = {
  tick: { fill: "rgb(var(--muted))", fontSize: 12 },
  tickLine: false,
  axisLine: { stroke: "rgb(var(--line))" },
};

export const TOOLTIP = {
  contentStyle: {
    background: "rgb(var(--surface))",
    border: "1px solid rgb(var(--line))",
    borderRadius: 10,
    color: "rgb(var(--ink))",
    fontSize: 13,
  },
  itemStyle: { color: "rgb(var(--ink))" },
  isAnimationActive: false,
  cursor: { fill: "rgb(var(--sunken))", stroke: "rgb(var(--line))" },
};

export function clock(minutes: number): string {
  const whole = Math.round(minutes);
  return `${String(Math.floor(whole / 60) % 24).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
