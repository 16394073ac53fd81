import { growthOf, type PlanAnswer, rateText } from "../../plan/index.ts";
import { padEnd, padStart, widthOf } from "../text.ts";
import { bar } from "./bars.ts";
import type { Sheet } from "./sheet.ts";

const BAR_COLUMNS = 24;

/** What breaks first as the load grows, a bar for each load. */
export function growthLines(answer: PlanAnswer, { paint }: Sheet): string[] {
  const steps = growthOf(answer);
  const peak = steps.find(({ kind }) => kind === "peak")?.perSecond ?? 0;
  const most = steps.at(-1)?.perSecond ?? 1;
  const rates = steps.map(({ perSecond }) => rateText(perSecond));
  const times = steps.map(({ times, kind }) => (kind === "peak" ? "" : `×${Number(times.toPrecision(2))}`));
  const [rateColumns, timesColumns] = [rates, times].map((texts) => Math.max(0, ...texts.map(widthOf)));
  return steps.map(({ perSecond, kind, what }, index) =>
    [
      padStart(rates[index] ?? "", rateColumns ?? 0),
      padStart(times[index] ?? "", timesColumns ?? 0),
      padEnd(
        paint(
          kind === "peak" ? "blue" : perSecond < peak ? "red" : "cyan",
          bar(perSecond / most, BAR_COLUMNS),
        ),
        BAR_COLUMNS,
      ),
      kind === "peak" ? paint("bold", what) : what,
    ].join("  "),
  );
}
