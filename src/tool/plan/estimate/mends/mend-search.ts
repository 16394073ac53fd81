import type { RequirementAnswer } from "../../plan-answer.ts";
import type { Outlook } from "../outlook.ts";
import { pricePerMonth, totalPerMonth } from "../price.ts";
import { type Requirement, stateOf } from "../verdicts/requirement.ts";
import { allChangesFor, candidatesFor } from "./candidates.ts";
import type { Change, Step } from "./change.ts";

/** What is to be mended. */
export interface MendSearch {
  readonly outlook: Outlook;
  readonly requirement: Requirement;
  /** Those that hold now, and have to hold after it. */
  readonly keep: readonly Requirement[];
  /** The design with those settings; undefined where it may not have them. */
  readonly apply: (sets: readonly string[]) => Outlook | undefined;
}

/** Stands between settings where one does not do. */
const AND = " --set ";
/** What takes more settings at once is no small change. */
const CHANGES_MAX = 6;
/** Into so many steps a way of several changes together is divided. */
const JOINT_STEPS = 16;

/** Changes that are tried together. */
type Tried = readonly { readonly change: Change; readonly step: Step }[];

/** A mend's settings one by one, as `applySets` takes them. */
export function setsOf({ set }: Pick<NonNullable<RequirementAnswer["mend"]>, "set">): readonly string[] {
  return set.split(AND);
}

/** What a search found. */
export type MendFound =
  | { readonly kind: "mend"; readonly mend: NonNullable<RequirementAnswer["mend"]> }
  /** It takes more of many parts at once, or breaks another requirement. */
  | { readonly kind: "no-small-one" }
  /** Not even the most of everything would do. */
  | { readonly kind: "none" };

/**
 * The smallest change that makes a requirement hold and breaks no other: the cheapest single one, by price where all that could be changed
 * has one and else by how much more it is than now; where no single one will do, several together, none of which could be left out or
 * be smaller. Every one that is answered was applied and found to hold. Pure.
 */
export function smallestMend(search: MendSearch): MendFound {
  const likely = candidatesFor(search.outlook, search.requirement);
  // Where the most of all of them together would not do, none of them does.
  const candidates = holds(
    search,
    likely.flatMap((change) => atShare(change, 1)),
  )
    ? likely
    : [];
  const singles = candidates
    .flatMap((change): Tried[] => {
      const step = leastStep(search, change, []);
      return step === undefined ? [] : [[{ change, step }]];
    })
    .map((tried) => ({ tried, cost: costOf(search, candidates, tried) }))
    .toSorted((one, other) => one.cost - other.cost);
  for (const { tried } of singles) {
    const mend = mendBy(search, tried);
    if (mend !== undefined) return { kind: "mend", mend };
  }
  if (singles.length > 0) return { kind: "no-small-one" };
  const several = together(search, candidates);
  const mend = several && mendBy(search, several);
  if (mend !== undefined) return { kind: "mend", mend };
  const all = allChangesFor(search.outlook, search.requirement).flatMap((change) => atShare(change, 1));
  return { kind: all.length > 0 && holds(search, all) ? "no-small-one" : "none" };
}

/** The smallest step of a change that will do beside others; undefined where none does. */
function leastStep(search: MendSearch, change: Change, beside: Tried, upTo?: Step): Step | undefined {
  const { steps } = change;
  const holdsAt = (at: number) => {
    const step = steps[at];
    return step !== undefined && holds(search, [...beside, { change, step }]);
  };
  let high = upTo === undefined ? steps.length - 1 : steps.indexOf(upTo);
  if (upTo === undefined && !holdsAt(high)) return undefined;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holdsAt(middle)) high = middle;
    else low = middle + 1;
  }
  return steps[high];
}

function together(search: MendSearch, candidates: readonly Change[]): Tried | undefined {
  const utmost = candidates.flatMap((change) => atShare(change, 1));
  if (utmost.length === 0 || !holds(search, utmost)) return undefined;
  // What is least likely to matter is left out first.
  let kept = utmost;
  for (const one of utmost.toReversed()) {
    const without = kept.filter((other) => other !== one);
    if (without.length > 0 && holds(search, without)) kept = without;
  }
  if (kept.length > CHANGES_MAX) return undefined;
  let high = JOINT_STEPS;
  let low = 1;
  const jointly = (step: number) => kept.flatMap(({ change }) => atShare(change, step / JOINT_STEPS));
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(search, jointly(middle))) high = middle;
    else low = middle + 1;
  }
  let chosen: Tried = jointly(high);
  for (const { change } of kept) {
    const own = chosen.find((one) => one.change === change);
    const others = chosen.filter((one) => one.change !== change);
    const step = own && leastStep(search, change, others, own.step);
    if (step !== undefined) chosen = chosen.map((one) => (one === own ? { change, step } : one));
  }
  return chosen;
}

/** A change, that share of the way to its largest step. */
function atShare(change: Change, share: number): Tried {
  const step = change.steps[Math.max(0, Math.ceil(share * change.steps.length) - 1)];
  return step === undefined ? [] : [{ change, step }];
}

function holds(search: MendSearch, tried: Tried): boolean {
  const { apply, requirement } = search;
  const changed = apply(tried.map(({ step }) => step.set));
  if (changed === undefined || (isOfFullness(search) && isFull(changed))) return false;
  return stateOf(requirement, requirement.predicted(changed)) === "holds";
}

/** Whether times have no end now: then what is still full is no mend, which is known much sooner than times are. */
function isOfFullness({ outlook, requirement: { kind, predicted } }: MendSearch): boolean {
  return kind === "latency" && predicted(outlook) === Number.POSITIVE_INFINITY && isFull(outlook);
}

function isFull({ curve }: Outlook): boolean {
  return (curve.bottleneck?.perSecond ?? Number.POSITIVE_INFINITY) <= curve.perSecond;
}

function mendBy({ apply, requirement, keep }: MendSearch, tried: Tried): RequirementAnswer["mend"] {
  const sets = tried.map(({ step }) => step.set);
  const changed = apply(sets);
  const predicted = changed && requirement.predicted(changed);
  if (changed === undefined || predicted === undefined || stateOf(requirement, predicted) !== "holds")
    return undefined;
  if (keep.some((one) => stateOf(one, one.predicted(changed)) === "fails")) return undefined;
  const price = tried.some(({ step }) => step.isLarger) ? undefined : totalPerMonth(changed.resolved);
  return { set: sets.join(AND), predicted, ...(price === undefined ? {} : { pricePerMonth: price }) };
}

/** What a change costs: a month more, where all that could be changed has a price; else how much more it is than now. */
function costOf({ outlook, apply }: MendSearch, candidates: readonly Change[], tried: Tried): number {
  const prices = new Map(outlook.resolved.parts.map((part) => [part.name, pricePerMonth(part)]));
  if (candidates.some(({ part }) => prices.get(part) === undefined))
    return tried.reduce((sum, { step }) => sum + step.size, 0);
  const changed = apply(tried.map(({ step }) => step.set));
  const more = (changed && totalPerMonth(changed.resolved)) ?? Number.POSITIVE_INFINITY;
  // A machine that is twice as large is taken to cost twice as much.
  const larger = tried
    .filter(({ step }) => step.isLarger)
    .reduce((sum, { change, step }) => sum + step.size * (prices.get(change.part) ?? 0), 0);
  return more + larger;
}
