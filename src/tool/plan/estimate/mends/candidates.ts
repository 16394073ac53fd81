import type { Outlook } from "../outlook.ts";
import type { Requirement } from "../verdicts/requirement.ts";
import { type Change, changesOf, type Need } from "./change.ts";

/** Parts at which changes are looked for: those that weigh most. */
const PARTS_MAX = 5;
/** And caches, which spare others work. */
const CACHES_MAX = 2;
/** What is less than this of the loss is not worth a change. */
const LOSS_MIN = 0.002;

const NEEDS: Readonly<Record<Requirement["kind"], Need>> = {
  latency: "load",
  traffic: "load",
  availability: "availability",
  durability: "durability",
  retention: "disk",
};

/** The changes that are likeliest to help a requirement to hold, those of the parts that weigh most first. Pure. */
export function candidatesFor(outlook: Outlook, requirement: Requirement): readonly Change[] {
  const need = NEEDS[requirement.kind];
  const order = partsThatMatter(outlook, need);
  return allChangesFor(outlook, requirement)
    .filter(({ part }) => order.includes(part))
    .toSorted((one, other) => order.indexOf(one.part) - order.indexOf(other.part));
}

/** Every change that is of the kind that may help, at any part. */
export function allChangesFor({ model, resolved }: Outlook, { kind }: Requirement): readonly Change[] {
  const need = NEEDS[kind];
  return changesOf(model, resolved).filter(({ helps }) => helps.includes(need));
}

function partsThatMatter(outlook: Outlook, need: Need): readonly string[] {
  if (need === "durability" || need === "disk")
    return outlook.model.parts.filter(({ kind }) => kind === "database").map(({ name }) => name);
  if (need === "availability")
    return outlook.availability.parts
      .filter(({ lossShare }) => lossShare >= LOSS_MIN)
      .toSorted((one, other) => other.lossShare - one.lossShare)
      .slice(0, PARTS_MAX)
      .map(({ name }) => name);
  const { parts } = outlook.curve.peak;
  const used = parts.filter(({ perSecond }) => perSecond > 0);
  const waited = used.toSorted(
    (one, other) => other.utilisation - one.utilisation || other.meanWaitMs - one.meanWaitMs,
  );
  const caches = used
    .filter(({ name }) => outlook.resolved.parts.find((one) => one.name === name)?.kind === "cache")
    .toSorted((one, other) => other.perSecond - one.perSecond)
    .slice(0, CACHES_MAX);
  return [...new Set([...waited.slice(0, PARTS_MAX), ...caches].map(({ name }) => name))];
}
