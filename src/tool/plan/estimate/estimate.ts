import type { SystemModel } from "../../design/model.ts";
import { PlanError } from "../errors.ts";
import type { ClassAnswer, PartAnswer, PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import type { Profile } from "../profile/profile.ts";
import { resolveSystem } from "../resolve/index.ts";
import type { Machine, ResolvedSystem } from "../resolved-model.ts";
import { applySets } from "../sets/index.ts";
import { figuresOf } from "./figures.ts";
import { scalingsOf } from "./limits/scaling.ts";
import { replicasNeeded } from "./limits/sizing.ts";
import { loadsOf } from "./loads.ts";
import { type MendSearch, smallestMend } from "./mends/mend-search.ts";
import { Outlook } from "./outlook.ts";
import { pricePerMonth, totalPerMonth } from "./price.ts";
import { keptBytes } from "./storage/index.ts";
import { type Requirement, requirementsOf } from "./verdicts/requirement.ts";
import { verdictOf } from "./verdicts/verdicts.ts";

/** With what a design is estimated. */
export interface EstimateOptions {
  /** Where the design was read, for the answer to say so. */
  readonly file: string;
  /** Measured times and hit ratios. Default: those that the design states, and defaults. */
  readonly profile?: Profile | undefined;
  /** Requests per second of the whole at the peak. Default: those that the design states. */
  readonly loadPerSecond?: number | undefined;
  /** The one machine on which everything runs. Default: each place has a processor when it needs one. */
  readonly here?: Machine | undefined;
}

/** The design with those settings; undefined where it may not have them. */
type Apply = (sets: readonly string[]) => Outlook | undefined;

/**
 * Estimates a checked design at its peak: each requirement with whether it holds, why, up to which load, and the smallest change that would mend
 * it; requests and parts with their times, and every figure with its source. Times of what is full are Infinity. Pure.
 */
export function estimate(model: SystemModel, options: EstimateOptions): PlanAnswer {
  const { file, ...how } = options;
  const outlookOf = (changed: SystemModel) => new Outlook(changed, resolveSystem(changed, how));
  // Several requirements are often mended by the same.
  const tried = new Map<string, Outlook | undefined>();
  return answerOf(outlookOf(model), file, (sets) => {
    const key = sets.join(" ");
    if (tried.has(key)) return tried.get(key);
    const changed = withSets(model, sets);
    const outlook = changed && outlookOf(changed);
    if (tried.size < TRIED_MAX) tried.set(key, outlook);
    return outlook;
  });
}

/** Changed designs that are kept while mends are looked for. */
const TRIED_MAX = 500;

/** The same of a system that was resolved before, such as one that a test changed. No mends are looked for: they are changes of designs. */
export function estimateResolved(
  model: SystemModel,
  resolved: ResolvedSystem,
  { file }: Pick<EstimateOptions, "file">,
): PlanAnswer {
  return answerOf(new Outlook(model, resolved), file, undefined);
}

function withSets(model: SystemModel, sets: readonly string[]): SystemModel | undefined {
  try {
    return applySets(model, sets);
  } catch (error) {
    // Not every step of a search has to be one that the language allows.
    if (error instanceof PlanError) return undefined;
    throw error;
  }
}

function answerOf(outlook: Outlook, file: string, apply: Apply | undefined): PlanAnswer {
  const { model, resolved, curve } = outlook;
  const required = requirementsOf(model.requires);
  const kept = keptBytes(model, resolved);
  const judged = required.map((requirement) => verdictOf(outlook, requirement, kept));
  const requirements = judged.map((verdict, at) => {
    const requirement = required[at];
    if (apply === undefined || requirement === undefined || verdict.state !== "fails") return verdict;
    const keep = required.filter((_, other) => judged[other]?.state === "holds");
    return mended(verdict, { outlook, requirement, keep, apply });
  });
  const price = totalPerMonth(resolved);
  const first = curve.bottleneck;
  return {
    version: 1,
    system: model.name,
    file,
    figures: figuresOf(outlook, requirements),
    classes: classesOf(outlook),
    parts: partsOf(outlook, required),
    requirements,
    ...(first === undefined ? {} : { bottleneck: first }),
    loads: loadsOf(curve),
    ...(price === undefined ? {} : { pricePerMonth: price }),
    assumptions: [...resolved.assumptions, ...scalingAssumptions(model)],
  };
}

function mended(verdict: RequirementAnswer, search: MendSearch): RequirementAnswer {
  const found = smallestMend(search);
  if (found.kind === "mend") return { ...verdict, mend: found.mend };
  // Where work itself takes too long, and how much disk it takes, the sentence says.
  if (verdict.id === "retention") return verdict;
  if (verdict.id.startsWith("latency.") && verdict.breaksAtPerSecond === 0) return verdict;
  return { ...verdict, sentence: `${verdict.sentence} ${UNMENDED[found.kind]}` };
}

const UNMENDED = {
  none: "More replicas, copies, zones or memory would not mend that.",
  "no-small-one": "No small change would mend that: it takes more of many parts at once.",
} as const;

function classesOf({ curve, availability }: Outlook): readonly ClassAnswer[] {
  const byName = new Map(availability.classes.map((one) => [one.name, one.availability]));
  return curve.peak.classes.map(({ name, perSecond, latencyMs, stays }) => ({
    name,
    peakPerSecond: perSecond,
    latencyMs,
    availability: byName.get(name) ?? 1,
    stays,
  }));
}

function partsOf(outlook: Outlook, required: readonly Requirement[]): readonly PartAnswer[] {
  const { curve, resolved, availability } = outlook;
  const flows = new Map(curve.peak.parts.map((one) => [one.name, one]));
  const ups = new Map(availability.parts.map((one) => [one.name, one]));
  const needed = replicasNeeded(curve, sizedBy(required));
  return resolved.parts.map((part): PartAnswer => {
    const { name, kind, replicas, cache } = part;
    const flow = flows.get(name);
    const up = ups.get(name);
    const count = needed.get(name);
    const price = pricePerMonth(part);
    return {
      name,
      kind,
      replicas,
      perSecond: flow?.perSecond ?? 0,
      utilisation: flow?.utilisation ?? 0,
      meanWaitMs: flow?.meanWaitMs ?? 0,
      ...(count === undefined ? {} : { replicasNeeded: count }),
      availability: up?.availability ?? part.availability,
      lossShare: up?.lossShare ?? 0,
      ...(cache === undefined ? {} : { hitRatio: cache.hitRatio }),
      ...(price === undefined ? {} : { pricePerMonth: price }),
    };
  });
}

/** What replicas have to keep: the times and the traffic required, and that nothing is full. */
function sizedBy(required: readonly Requirement[]): Parameters<typeof replicasNeeded>[1] {
  const availability = required.find(({ kind }) => kind === "availability")?.required;
  const latencies = required.flatMap(({ percentile, required: ms }) =>
    percentile === undefined ? [] : [{ percentile, ms }],
  );
  return {
    inTime: ({ peak }) =>
      peak.parts.every(({ utilisation }) => utilisation < 1) &&
      latencies.every(({ percentile, ms }) => peak.all[percentile] <= ms),
    ...(availability === undefined ? {} : { availability }),
  };
}

function scalingAssumptions(model: SystemModel): readonly string[] {
  return [...scalingsOf(model).keys()].map(
    (name) => `${name} is taken to have the replicas that its targets ask for: the load came slowly enough.`,
  );
}
