import {
  countText,
  rateText,
  type Sweep,
  type SweepPoint,
  type SweptRequirement,
  valueText,
} from "../../plan/index.ts";
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
  const others = told.filter((one) => one !== drawn);
  const shown = points.slice(0, ROWS_MAX);
  const lines = fittingTable(
    [
      { title: path, align: "right" },
      // What neither turns nor moves gives way first.
      ...others.map((one, index) => ({
        title: one.title.toUpperCase(),
        align: "right" as const,
        drop: (one.turns.length > 0 ? 1 : movement(sweep, one) > MOVES_MIN ? 2 : 5) + index / 100,
      })),
      { title: "FULL AT", align: "right", drop: 3 },
      { title: "FIRST", drop: 4, least: 8 },
      { title: "COST", align: "right" },
      { title: drawn?.title.toUpperCase() ?? "", align: "right" },
      { title: "" },
    ],
    shown.map((point) => pointCells(point, sweep, { others, drawn }, sheet)),
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
  columns: { readonly others: readonly SweptRequirement[]; readonly drawn: SweptRequirement | undefined },
  sheet: Sheet,
): string[] {
  const { others, drawn } = columns;
  const cell = (swept: SweptRequirement | undefined) => {
    const one = requirements.find(({ id }) => id === swept?.id);
    if (swept === undefined || one === undefined) return "";
    return `${valueText(one.predicted, swept.unit)} ${stateMark(one.state, sheet)}`;
  };
  const predicted = requirements.find(({ id }) => id === drawn?.id)?.predicted;
  const most = Math.max(...(drawn === undefined ? [] : valuesOf(sweep, drawn).filter(Number.isFinite)));
  // What a design can carry is told once.
  const isTold = sweep.requirements.some(({ unit }) => unit === "per-second");
  return [
    value,
    ...others.map(cell),
    bottleneck === undefined || isTold ? "" : rateText(bottleneck.perSecond),
    refused === undefined ? (bottleneck?.part ?? "") : "refused",
    pricePerMonth === undefined ? "" : countText(pricePerMonth),
    cell(drawn),
    predicted === undefined ? "" : sheet.paint("cyan", barOf(predicted, most)),
  ];
}

/** What nothing bounds is longer than any bar, and drawn as such. */
function barOf(predicted: number, most: number): string {
  return Number.isFinite(predicted) ? filledBar(predicted / most, BAR_COLUMNS) : "▒".repeat(BAR_COLUMNS);
}

/** What moves by less is as good as still. */
const MOVES_MIN = 0.01;

/** The requirement whose figure moves most, beside its size. */
function liveliest(sweep: Sweep): SweptRequirement | undefined {
  let most = MOVES_MIN;
  let found: SweptRequirement | undefined;
  // A bar of what is nearly the whole is full from end to end.
  for (const one of sweep.requirements.filter(({ unit }) => unit !== "share")) {
    const moves = movement(sweep, one);
    if (moves <= most) continue;
    most = moves;
    found = one;
  }
  return found;
}

/** By how much of its highest value a figure moves; what nothing bounds at one end moves most of all. */
function movement(sweep: Sweep, one: SweptRequirement): number {
  const known = valuesOf(sweep, one);
  // Of what is nearly the whole, what it lacks is compared.
  const isWhole = one.unit === "share" && known.every((value) => value > 0.5);
  const values = isWhole ? known.map((value) => 1 - value) : known;
  const [least, highest] = [Math.min(...values), Math.max(...values)];
  if (!(highest > least)) return 0;
  return Number.isFinite(highest) ? (highest - least) / highest : 1;
}

function valuesOf({ points }: Sweep, one: SweptRequirement): number[] {
  return points.flatMap(({ requirements }) => {
    const here = requirements.find(({ id }) => id === one.id)?.predicted;
    return here === undefined || Number.isNaN(here) ? [] : [here];
  });
}

/** A curve that moves by less than this share is level to whoever reads it, however it bends. */
const BEND_MOVES_MIN = 0.03;

function conclusions(sweep: Sweep, told: readonly SweptRequirement[]): string[] {
  const { path } = sweep;
  const bends = new Set(told.filter((one) => movement(sweep, one) >= BEND_MOVES_MIN));
  const found = told.flatMap((one) => [
    ...one.turns.map(({ from, to, state }) => {
      const what = state === "holds" ? "begins to hold" : state === "fails" ? "ceases to hold" : "is open";
      return `${one.title} ${what} between ${path}=${from} and ${to}.`;
    }),
    ...(one.knee === undefined || !bends.has(one)
      ? []
      : [`The bend of ${one.title} is at ${path}=${one.knee}: from there on a step does ${one.afterKnee}.`]),
  ]);
  if (found.length > 0) return found;
  return told.some((one) => movement(sweep, one) > 0)
    ? ["No requirement begins or ceases to hold."]
    : [`No requirement depends on ${path} between these values.`];
}
