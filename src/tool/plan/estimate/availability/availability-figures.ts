import type { Figure } from "../../figure.ts";
import { shareText } from "../../report/figure-text.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import type { ConditionTable } from "./condition-table.ts";
import { availabilitySource, type Redundancy } from "./part-availability.ts";
import type { Way } from "./served-requests.ts";
import type { SystemAvailability } from "./system-availability.ts";

/** The availability of a design as figures. Pure. */

/** What the figures are told from. */
export interface AvailabilityGrounds {
  readonly resolved: ResolvedSystem;
  readonly redundancies: ReadonlyMap<string, Redundancy>;
  readonly ways: readonly { readonly ways: readonly Way[] }[];
  readonly conditions: ConditionTable;
}

const SERIES = "Barlow and Proschan, “Statistical Theory of Reliability and Life Testing”, 1975";
const IMPORTANCE = "Birnbaum, “On the Importance of Different Components in a Multicomponent System”, 1969";

/** Ways that a formula writes out; those behind are counted. */
const WAYS_SHOWN = 3;

/** Of each part, of each class, of the whole: `links.availability`, `requests.follow.availability`, `availability`. */
export function figuresOf(
  answer: Omit<SystemAvailability, "figures">,
  grounds: AvailabilityGrounds,
): readonly Figure[] {
  return [
    ...partFigures(answer, grounds),
    ...classFigures(answer, grounds),
    ...wholeFigures(answer, grounds),
  ];
}

function partFigures(
  { parts }: Omit<SystemAvailability, "figures">,
  { redundancies }: AvailabilityGrounds,
): readonly Figure[] {
  return parts.flatMap(({ name, availability, lossShare }): Figure[] => {
    const redundancy = redundancies.get(name);
    if (redundancy === undefined) return [];
    return [
      {
        id: `${name}.availability`,
        title: `availability of ${name}`,
        value: availability,
        unit: "share",
        source: availabilitySource(redundancy),
      },
      {
        id: `${name}.loss-share`,
        title: `share of ${name} in all that is lost`,
        value: lossShare,
        unit: "share",
        source: {
          kind: "derived",
          formula: "won if it never failed / the sum of that over all parts",
          filled: `${name}: ${shareText(lossShare)} of what is lost`,
          inputs: [`${name}.availability`, "availability"],
          publication: IMPORTANCE,
        },
      },
    ];
  });
}

function classFigures(
  { classes }: Omit<SystemAvailability, "figures">,
  { ways, conditions }: AvailabilityGrounds,
): readonly Figure[] {
  return classes.flatMap(({ name, availability, inFull }, at): Figure[] => {
    const terms = ways[at]?.ways ?? [];
    const used = conditions.names.filter((_, number) => terms.some(({ up }) => hasBit(up, number)));
    const id = `requests.${name}.availability`;
    const own: Figure = {
      id,
      title: `share of ${name} that is served`,
      value: availability,
      unit: "share",
      source: {
        kind: "derived",
        formula: "availabilities of what each request needs, multiplied, by how often it needs it",
        filled: `${filledOf(terms, conditions)} = ${shareText(availability)}`,
        inputs: [...new Set(used)].map((part) => `${part}.availability`),
        publication: SERIES,
      },
    };
    if (inFull === availability) return [own];
    const full: Figure = {
      id: `requests.${name}.in-full`,
      title: `share of ${name} that is served with everything`,
      value: inFull,
      unit: "share",
      source: {
        kind: "derived",
        formula: "the same, with what is optional needed as well",
        filled: `${shareText(inFull)} with everything; ${shareText(availability - inFull)} with less, or more slowly`,
        inputs: [id],
        publication: SERIES,
      },
    };
    return [own, full];
  });
}

function wholeFigures(
  { availability, downMinutesPerYear, classes }: Omit<SystemAvailability, "figures">,
  { resolved }: AvailabilityGrounds,
): readonly Figure[] {
  const rate = resolved.classes.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const weights = resolved.classes.map(({ perSecond }) =>
    rate > 0 ? perSecond / rate : 1 / resolved.classes.length,
  );
  const sum = classes
    .map((one, at) => `${shareText(weights[at] ?? 0)} × ${shareText(one.availability)}`)
    .join(" + ");
  return [
    {
      id: "availability",
      title: "share of all requests that are served",
      value: availability,
      unit: "share",
      source: {
        kind: "derived",
        formula: "availability of each class, by its share of the requests",
        filled: `${sum || "no requests"} = ${shareText(availability)}`,
        inputs: classes.map(({ name }) => `requests.${name}.availability`),
      },
    },
    {
      id: "availability.down",
      title: "down in a year, if all at once",
      value: downMinutesPerYear,
      unit: "minutes-per-year",
      source: {
        kind: "derived",
        formula: "(1 - availability) × 525,600 minutes",
        filled: `${shareText(1 - availability)} × 525,600 min = ${Number(downMinutesPerYear.toPrecision(3))} min`,
        inputs: ["availability"],
      },
    },
  ];
}

/** `90% × (front 99.9%) + 10% × (front 99.9% × links 99.9%)`, the most frequent ways first. */
function filledOf(ways: readonly Way[], conditions: ConditionTable): string {
  const sorted = ways.toSorted((one, other) => chanceOf(other, conditions) - chanceOf(one, conditions));
  const shown = sorted.slice(0, WAYS_SHOWN).map((way) => wayText(way, conditions, ways.length > 1));
  const rest = sorted.length - shown.length;
  return rest > 0 ? `${shown.join(" + ")} + ${rest} rarer ways` : shown.join(" + ");
}

function wayText(
  { weight, up, down }: Way,
  { chances, names }: ConditionTable,
  isOneOfMany: boolean,
): string {
  const factors = new Map<string, { chance: number; isDown: boolean }>();
  chances.forEach((chance, number) => {
    const part = names[number] ?? "";
    const known = factors.get(part)?.chance ?? 1;
    if (hasBit(up, number)) factors.set(part, { chance: known * chance, isDown: false });
    else if (hasBit(down, number)) factors.set(part, { chance: known * (1 - chance), isDown: true });
  });
  const product = [...factors]
    .map(([part, { chance, isDown }]) => `${part}${isDown ? " down" : ""} ${shareText(chance)}`)
    .join(" × ");
  if (!isOneOfMany) return product;
  return weight === 1 ? `(${product})` : `${shareText(weight)} × (${product})`;
}

function chanceOf({ weight, up, down }: Way, { chances }: ConditionTable): number {
  return chances.reduce((all, chance, number) => {
    if (hasBit(up, number)) return all * chance;
    return hasBit(down, number) ? all * (1 - chance) : all;
  }, weight);
}

function hasBit(bits: bigint, number: number): boolean {
  return (bits & (1n << BigInt(number))) !== 0n;
}
