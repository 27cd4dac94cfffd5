/** One chunk for all charts: the library comes when the first picture is wanted. */
export { DayMap } from "./DayMap";
export { DelayHistogram } from "./DelayHistogram";
export { OddMap } from "./OddMap";
