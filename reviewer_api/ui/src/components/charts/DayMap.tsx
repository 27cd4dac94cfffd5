import { CartesianGrid, Legend, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import type { EvidenceAnswer } from "../../api/schema";
import { formattedDay } from "../times";
import { AXIS, clock, TOOLTIP } from "./parts";

type Point = { minute: number; day: number };

const DAY_MS = 86_400_000;
const HOURS = [0, 180, 360, 540, 720, 900, 1080, 1260, 1440];

/** When the person did it: a row for each day, the hour along it, and the proposed time over it. */
export function DayMap({ evidence }: { evidence: EvidenceAnswer }) {
  const seen = Object.entries(evidence.seen_minutes).flatMap(([day, minutes]) => minutes.map((minute) => point(day, minute)));
  const proposed = Object.entries(evidence.proposed_minutes).map(([day, minute]) => point(day, minute));
  const days = new Set(seen.map(({ day }) => day)).size;
  return (
    <ResponsiveContainer width="100%" height={Math.min(420, 130 + days * 7)}>
      <ScatterChart margin={{ top: 8, right: 12, bottom: 0, left: 8 }} accessibilityLayer={false}>
        <CartesianGrid stroke="rgb(var(--line))" vertical horizontal={false} />
        <XAxis dataKey="minute" type="number" domain={[0, 1440]} ticks={HOURS} tickFormatter={(minute: number) => (minute === 1440 ? "24:00" : clock(minute))} {...AXIS} />
        <YAxis dataKey="day" type="number" domain={["dataMin", "dataMax"]} reversed padding={{ top: 10, bottom: 10 }} tickFormatter={onOneLine} tickCount={5} width={88} {...AXIS} />
        <Tooltip {...TOOLTIP} formatter={(value, name) => (name === "day" ? dayWord(Number(value)) : clock(Number(value)))} />
        <Legend verticalAlign="top" align="left" height={28} iconSize={10} formatter={(word: string) => <span className="text-sm text-ink">{word}</span>} />
        {proposed.length > 0 && <Scatter name="It would act" data={proposed} fill="rgb(var(--dusk))" line={{ stroke: "rgb(var(--dusk))", strokeWidth: 2 }} shape={tick} legendType="line" isAnimationActive={false} />}
        <Scatter name="You did it" data={seen} fill="rgb(var(--dawn))" shape={dot} legendType="circle" isAnimationActive={false} />
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function point(day: string, minute: number): Point {
  return { minute, day: Date.parse(`${day}T12:00:00Z`) };
}

function dayWord(at: number): string {
  return formattedDay(new Date(Math.round(at / DAY_MS - 0.5) * DAY_MS).toISOString().slice(0, 10));
}

function onOneLine(at: number): string {
  return dayWord(at).replaceAll(" ", "\u00a0");
}

function dot({ cx, cy }: { cx?: number; cy?: number }) {
  return <circle cx={cx} cy={cy} r={4} fill="rgb(var(--dawn))" fillOpacity={0.85} stroke="rgb(var(--surface))" />;
}

function tick() {
  return <g />;
}
