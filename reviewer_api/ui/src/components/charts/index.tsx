/** One chunk for all charts: the library comes when the first picture is wanted. */
export { DayMap } from "./DayMap";
export { DelayHistogram } from "./DelayHistogram";
export { StageBars } from "./StageBars";
export { CountBars } from "./CountBars";
export { OddMap } from "./OddMap";
