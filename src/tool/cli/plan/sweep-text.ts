import { countText, rateText, valueText } from "../../plan/report/figure-text.ts";
import type { Sweep, SweepPoint, SweptRequirement } from "../../plan/sweep/index.ts";
import { filledBar } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import { type Sheet, wrapped } from "./sheet.ts";
import { stateMark } from "./verdicts-text.ts";

const BAR_COLUMNS = 16;
const ROWS_MAX = 60;

/** A sweep as a table, a row a value, the requirement that moves most as bars; below it where requirements turn, and the knee. */
export function sweepLines(sweep: Sweep, sheet: Sheet): string[] {
  const { paint, columns } = sheet;
  const { points, path } = sweep;
  const told = sweep.requirements.filter((one) => valuesOf(sweep, one).length > 0);
  const drawn = liveliest(sweep);
  const shown = points.slice(0, ROWS_MAX);
  const lines = fittingTable(
    [
      { title: path, align: "right" },
      // What moves least gives way first.
      ...told.map((one, index) => ({
        title: one.title.toUpperCase(),
        align: "right" as const,
        drop: one === drawn ? 0 : (movement(sweep, one) > MOVES_MIN ? 2 : 5) + index / 100,
      })),
      { title: "FULL AT", align: "right", drop: 3 },
      { title: "FIRST", drop: 4, least: 8 },
      { title: "COST", align: "right" },
      { title: "" },
    ],
    shown.map((point) => pointCells(point, sweep, { told, drawn }, sheet)),
    columns - 2,
  );
  const refused = shown.flatMap(({ value, refused: why }) =>
    why === undefined ? [] : wrapped(`${value}: ${why}`, columns - 4).map((line) => paint("dim", line)),
  );
  const left = points.length - shown.length;
  return [
    ...lines,
    ...(left > 0 ? [paint("dim", `and ${left} more values: --json tells all`)] : []),
    ...refused,
    "",
    ...conclusions(sweep, told).flatMap((text) => wrapped(text, columns - 4)),
  ];
}

function pointCells(
  { value, requirements, bottleneck, pricePerMonth, refused }: SweepPoint,
  sweep: Sweep,
  {
    told,
    drawn,
  }: { readonly told: readonly SweptRequirement[]; readonly drawn: SweptRequirement | undefined },
  sheet: Sheet,
): string[] {
  const predicted = requirements.find(({ id }) => id === drawn?.id)?.predicted;
  const most = Math.max(...valuesOf(sweep, drawn).filter(Number.isFinite));
  return [
    value,
    ...told.map(({ id, unit }) => {
      const one = requirements.find((other) => other.id === id);
      return one === undefined ? "" : `${valueText(one.predicted, unit)} ${stateMark(one.state, sheet)}`;
    }),
    bottleneck === undefined ? "" : rateText(bottleneck.perSecond),
    refused === undefined ? (bottleneck?.part ?? "") : "refused",
    pricePerMonth === undefined ? "" : countText(pricePerMonth),
    predicted === undefined ? "" : sheet.paint("cyan", filledBar(predicted / most, BAR_COLUMNS)),
  ];
}

/** What moves by less is as good as still. */
const MOVES_MIN = 0.01;

/** The requirement whose figure moves most, beside its size. */
function liveliest(sweep: Sweep): SweptRequirement | undefined {
  let most = MOVES_MIN;
  let found: SweptRequirement | undefined;
  for (const one of sweep.requirements) {
    const moves = movement(sweep, one);
    if (moves <= most) continue;
    most = moves;
    found = one;
  }
  return found;
}

/** By how much of its highest value a figure moves; what nothing bounds at one end moves most of all. */
function movement(sweep: Sweep, one: SweptRequirement): number {
  const values = valuesOf(sweep, one);
  const [least, highest] = [Math.min(...values), Math.max(...values)];
  if (!(highest > least)) return 0;
  return Number.isFinite(highest) ? (highest - least) / highest : 1;
}

function valuesOf({ points }: Sweep, one: SweptRequirement | undefined): number[] {
  return points.flatMap(({ requirements }) => {
    const here = requirements.find(({ id }) => id === one?.id)?.predicted;
    return here === undefined || Number.isNaN(here) ? [] : [here];
  });
}

function conclusions(sweep: Sweep, told: readonly SweptRequirement[]): string[] {
  const { path } = sweep;
  const found = told.flatMap(({ title, turns, knee }) => [
    ...turns.map(({ from, to, state }) => {
      const what = state === "holds" ? "begins to hold" : state === "fails" ? "ceases to hold" : "is open";
      return `${title} ${what} between ${path}=${from} and ${to}.`;
    }),
    ...(knee === undefined
      ? []
      : [`The bend of ${title} is at ${path}=${knee}: from there on a step does less.`]),
  ]);
  if (found.length > 0) return found;
  return told.some((one) => movement(sweep, one) > 0)
    ? ["No requirement begins or ceases to hold."]
    : [`No requirement depends on ${path} between these values.`];
}
