import { codeOf } from "../../../blocks/errors/index.ts";
import type { SystemModel } from "../../design/model.ts";
import { COUNT } from "../../design/quantities/count.ts";
import { DURATION } from "../../design/quantities/duration.ts";
import { formatQuantity, type Measure, readQuantity } from "../../design/quantities/measure.ts";
import { RATE } from "../../design/quantities/rate.ts";
import { SHARE } from "../../design/quantities/share.ts";
import { SIZE } from "../../design/quantities/size.ts";
import { PlanError } from "../errors.ts";
import { applySets } from "./apply-sets.ts";
import { splitAssignment } from "./assignment.ts";

/** The values of a sweep. */
export interface SweepRange {
  /** What is set: `hot.memory`. */
  readonly path: string;
  /** As `--set` takes them behind the `=`, in the order in which they are written; from 1 to 100, no two alike. */
  readonly values: readonly string[];
}

/** Each value is a plan of its own. */
const VALUES_MAX = 100;
/** Where no step is given, about so many. */
const VALUES_USUAL = 10;
/** From so many times as much on, values are spaced by a factor. */
const RATIO_WIDE = 8;
/** By doubling, where that leads from one end to the other in as many steps or fewer. */
const DOUBLINGS_MAX = 14;

/**
 * Reads the values of a `--sweep`: a list, `replicas=1,2,5`, of values and ranges. `1..8` goes up by 1; `1..9:2` by 2; `16MiB..1GiB:x2` by a
 * factor; `16MiB..1GiB` in about ten values, by a factor (of two, if that fits) where the end is eight times the beginning or more. An end that no step hits is left
 * out. Pure.
 *
 * @throws PlanError `BAD_SETTING` for what is no range, or has more than 100 values.
 */
export function readSweep(text: string): SweepRange {
  const { path, value } = splitAssignment(text);
  const values = [...new Set(value.split(",").flatMap((one) => valuesOf(text, one.trim())))];
  if (values.length > VALUES_MAX) throw refused(text, `${values.length} values are more than ${VALUES_MAX}`);
  return { path, values };
}

/**
 * The same, of a design: a path that leads nowhere in it is refused before anything is planned.
 *
 * @throws PlanError `UNKNOWN_SETTING`, and as `readSweep`.
 */
export function sweepValues(model: SystemModel, text: string): SweepRange {
  const range = readSweep(text);
  try {
    applySets(model, [`${range.path}=${range.values[0]}`]);
  } catch (thrown) {
    // A value that does not fit is told where it stands among the others.
    if (codeOf(thrown) !== "BAD_SETTING") throw thrown;
  }
  return range;
}

function valuesOf(text: string, written: string): readonly string[] {
  if (written === "") throw refused(text, "a value is empty");
  const [from, end, ...more] = written.split("..");
  if (end === undefined) return [written];
  const [to, step, ...rest] = end.split(":");
  if (from === undefined || from === "" || !to || more.length > 0 || rest.length > 0 || step === "")
    throw refused(text, `"${written}" is no range`);
  const scale = scaleOf(from, to, step?.startsWith("x") ? undefined : step);
  if (scale === undefined) throw refused(text, `"${from}" and "${to}" are no quantities of one kind`);
  const [least, most] = [scale.read(from), scale.read(to)];
  if (least > most) throw refused(text, `"${written}" ends before it begins`);
  return spaced(text, { least, most, step }, scale).map(scale.write);
}

/** How the values of a range are read, and written again. */
interface Scale {
  read(text: string): number;
  write(value: number): string;
  /** Whether only whole values are meant. */
  readonly isWhole: boolean;
}

interface Ends {
  readonly least: number;
  readonly most: number;
  readonly step: string | undefined;
}

function spaced(text: string, { least, most, step }: Ends, scale: Scale): readonly number[] {
  if (step === undefined) return spacedUsually(least, most, scale.isWhole);
  const isFactor = step.startsWith("x");
  const size = isFactor ? Number(step.slice(1)) : scale.read(step);
  if (!(size > (isFactor ? 1 : 0)) || !Number.isFinite(size)) throw refused(text, `"${step}" is no step`);
  if (isFactor && least <= 0) throw refused(text, "a range by a factor begins above 0");
  const count = isFactor ? Math.log(most / least) / Math.log(size) : (most - least) / size;
  if (count >= VALUES_MAX) throw refused(text, `the range has more than ${VALUES_MAX} values`);
  const values = Array.from({ length: Math.floor(count + 1e-9) + 1 }, (_, at) =>
    isFactor ? least * size ** at : least + size * at,
  );
  return scale.isWhole ? values.map(Math.round) : values;
}

function spacedUsually(least: number, most: number, isWhole: boolean): readonly number[] {
  if (least === most) return [least];
  if (isWhole && most - least < 2 * VALUES_USUAL)
    return Array.from({ length: most - least + 1 }, (_, at) => least + at);
  const isWide = least > 0 && most / least >= RATIO_WIDE;
  const doublings = Math.log2(most / least);
  if (isWide && doublings <= DOUBLINGS_MAX && Number.isInteger(doublings))
    return Array.from({ length: doublings + 1 }, (_, at) => least * 2 ** at);
  return Array.from({ length: VALUES_USUAL }, (_, at) => {
    const part = at / (VALUES_USUAL - 1);
    const value = isWide ? least * (most / least) ** part : least + (most - least) * part;
    const isEnd = part === 0 || part === 1;
    if (isWhole || isEnd) return isEnd ? (part === 0 ? least : most) : Math.round(value);
    return Math.min(most, Math.max(least, Number(value.toPrecision(3))));
  });
}

const MEASURES: readonly Measure[] = [SIZE, DURATION, SHARE, RATE, COUNT];
const NUMBER_AND_UNIT = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\S*)$/i;

/** By the unit that all have, or by the first kind of quantity that they all are. */
function scaleOf(...written: readonly (string | undefined)[]): Scale | undefined {
  const texts = written.filter((one) => one !== undefined);
  const parsed = texts.map((one) => NUMBER_AND_UNIT.exec(one));
  const unit = parsed[0]?.[2];
  // A step without a unit counts the unit of the ends.
  if (unit !== undefined && parsed.every((one, at) => one?.[2] === unit || (at === 2 && one?.[2] === "")))
    return scaleIn(unit, texts);
  const measure = MEASURES.find((one) => texts.every((text) => readQuantity(one, text).value !== undefined));
  return measure && scaleBy(measure);
}

function scaleIn(unit: string, texts: readonly string[]): Scale {
  const isWhole = unit === "" && texts.every((text) => /^\d+$/.test(text));
  return {
    read: (text) => Number(NUMBER_AND_UNIT.exec(text)?.[1]),
    write: (value) => `${plain(value)}${unit}`,
    isWhole,
  };
}

function scaleBy(measure: Measure): Scale {
  return {
    read: (text) => readQuantity(measure, text).value ?? Number.NaN,
    write: (value) => formatQuantity(measure, plain(value)).replace(" ", ""),
    isWhole: false,
  };
}

/** Without what arithmetic leaves behind the twelfth digit. */
function plain(value: number): number {
  return Number(value.toPrecision(12));
}

function refused(text: string, what: string): PlanError {
  return new PlanError(
    "BAD_SETTING",
    `${text.slice(0, 200)}: ${what}. Write a range such as 1..8, 1..9:2 or 16MiB..1GiB:x2, or values with commas between them.`,
    { details: { sweep: text.slice(0, 1_000) } },
  );
}
