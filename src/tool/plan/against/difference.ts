import type { SystemModel } from "../../design/model.ts";
import type { Finding, PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import { peakOf, verdictText } from "../report/verdict.ts";
import type { ComparedAnswer, Direction, FigureChange, PlanDifference, RequirementChange } from "./change.ts";
import { settingChanges } from "./settings.ts";

/** A design with its plan. */
export interface PlannedDesign {
  readonly model: SystemModel;
  readonly answer: ComparedAnswer;
}

/** Less than that share of a value is rounding. */
const RELATIVE_MIN = 0.005;
/** Nobody notices less. */
const WAIT_MS_MIN = 0.02;

/** What a change does to the plan of a design. Pure. */
export function planDifference(
  before: PlannedDesign,
  after: PlannedDesign,
  revision: PlanDifference["revision"],
): PlanDifference {
  const [old, now] = [before.answer, after.answer];
  return {
    revision,
    settings: settingChanges(before.model, after.model),
    verdict: { before: verdictOf(old), after: verdictOf(now) },
    requirements: requirementChanges(old.requirements, now.requirements),
    figures: [...systemChanges(old, now), ...classChanges(old, now), ...partChanges(old, now)],
    findings: findingChanges(old.findings ?? [], now.findings ?? []),
  };
}

function verdictOf({ system, requirements }: ComparedAnswer): RequirementAnswer["state"] {
  return verdictText({ system, requirements }).state;
}

function requirementChanges(
  before: PlanAnswer["requirements"],
  after: PlanAnswer["requirements"],
): readonly RequirementChange[] {
  const ids = new Set([...after, ...before].map(({ id }) => id));
  return [...ids].flatMap((id): RequirementChange[] => {
    const [old, now] = [before, after].map((all) => all.find((one) => one.id === id));
    const one = now ?? old;
    if (one === undefined) return [];
    const { title, unit, bound } = one;
    return [
      {
        id,
        title,
        unit,
        bound,
        ...(old === undefined ? {} : { before: sideOf(old) }),
        ...(now === undefined ? {} : { after: sideOf(now) }),
        direction: requirementDirection(old, now),
      },
    ];
  });
}

function sideOf({ required, predicted, state, breaksAtPerSecond }: RequirementAnswer) {
  return {
    required,
    state,
    ...(predicted === undefined ? {} : { predicted }),
    ...(breaksAtPerSecond === undefined ? {} : { breaksAtPerSecond }),
  };
}

const RANK = { fails: 0, unknown: 1, holds: 2 } as const;

/** A state that turns counts before the figure does. */
function requirementDirection(
  before: RequirementAnswer | undefined,
  after: RequirementAnswer | undefined,
): Direction {
  if (before === undefined) return "new";
  if (after === undefined) return "gone";
  const states = RANK[after.state] - RANK[before.state];
  if (states !== 0) return states > 0 ? "better" : "worse";
  const wish = after.bound === "at-most" ? "less" : "more";
  return directionOf(before.predicted, after.predicted, wish, after.unit === "share");
}

type Wish = "less" | "more" | "none";

/** `isShare`: of what is nearly the whole, the missing share is compared. */
function directionOf(
  before: number | undefined,
  after: number | undefined,
  wish: Wish,
  isShare = false,
): Direction {
  if (before === undefined || after === undefined)
    return before === after ? "same" : before === undefined ? "new" : "gone";
  if (isShare && Math.min(before, after) > 0.5)
    return directionOf(1 - before, 1 - after, wish === "more" ? "less" : wish === "less" ? "more" : "none");
  if (before === after) return "same";
  const size = Math.max(Math.abs(before), Math.abs(after));
  if (Number.isFinite(size) && Math.abs(after - before) < RELATIVE_MIN * size) return "same";
  if (wish === "none") return "changed";
  return after < before === (wish === "less") ? "better" : "worse";
}

function row(
  place: Pick<FigureChange, "about" | "name" | "title" | "unit">,
  before: number | undefined,
  after: number | undefined,
  wish: Wish,
): FigureChange[] {
  const direction = directionOf(before, after, wish, place.unit === "share");
  if (direction === "same") return [];
  if (
    place.unit === "ms" &&
    before !== undefined &&
    after !== undefined &&
    Math.abs(after - before) < WAIT_MS_MIN
  )
    return [];
  return [
    {
      ...place,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      direction,
    },
  ];
}

function systemChanges(before: ComparedAnswer, after: ComparedAnswer): FigureChange[] {
  const of = { about: "system", name: after.system } as const;
  const load = { ...of, unit: "per-second" } as const;
  return [
    ...row({ ...load, title: "peak load" }, peakOf(before), peakOf(after), "none"),
    ...row({ ...load, title: "full at" }, before.bottleneck?.perSecond, after.bottleneck?.perSecond, "more"),
    ...row(
      { ...of, title: "price", unit: "price-per-month" },
      before.pricePerMonth,
      after.pricePerMonth,
      "less",
    ),
  ];
}

function classChanges(before: ComparedAnswer, after: ComparedAnswer): FigureChange[] {
  return pairs(before.classes, after.classes).flatMap(([name, old, now]) => {
    const of = { about: "class", name } as const;
    return [
      ...row(
        { ...of, title: "peak load", unit: "per-second" },
        old?.peakPerSecond,
        now?.peakPerSecond,
        "none",
      ),
      ...row({ ...of, title: "p50", unit: "ms" }, old?.latencyMs.p50, now?.latencyMs.p50, "less"),
      ...row({ ...of, title: "p99", unit: "ms" }, old?.latencyMs.p99, now?.latencyMs.p99, "less"),
      ...row({ ...of, title: "availability", unit: "share" }, old?.availability, now?.availability, "more"),
    ];
  });
}

function partChanges(before: ComparedAnswer, after: ComparedAnswer): FigureChange[] {
  return pairs(before.parts, after.parts).flatMap(([name, old, now]) => {
    const of = { about: "part", name } as const;
    return [
      ...row({ ...of, title: "replicas", unit: "count" }, old?.replicas, now?.replicas, "none"),
      ...row({ ...of, title: "load", unit: "per-second" }, old?.perSecond, now?.perSecond, "none"),
      ...row({ ...of, title: "busy", unit: "share" }, old?.utilisation, now?.utilisation, "less"),
      ...row({ ...of, title: "wait", unit: "ms" }, old?.meanWaitMs, now?.meanWaitMs, "less"),
      ...row({ ...of, title: "hit ratio", unit: "share" }, old?.hitRatio, now?.hitRatio, "more"),
      ...row({ ...of, title: "availability", unit: "share" }, old?.availability, now?.availability, "more"),
      ...row(
        { ...of, title: "price", unit: "price-per-month" },
        old?.pricePerMonth,
        now?.pricePerMonth,
        "less",
      ),
    ];
  });
}

/** What has a name in either, in the order of the second. */
function pairs<One extends { readonly name: string }>(
  before: readonly One[],
  after: readonly One[],
): (readonly [string, One | undefined, One | undefined])[] {
  const names = new Set([...after, ...before].map(({ name }) => name));
  return [...names].map((name) => [
    name,
    before.find((one) => one.name === name),
    after.find((one) => one.name === name),
  ]);
}

function findingChanges(before: readonly Finding[], after: readonly Finding[]): PlanDifference["findings"] {
  const key = ({ rule, place }: Finding) => `${rule} ${place}`;
  const [old, now] = [before, after].map((all) => new Set(all.map(key)));
  const appeared = after.filter((one) => !old?.has(key(one)));
  return {
    appeared,
    gone: before.filter((one) => !now?.has(key(one))),
    stayed: after.length - appeared.length,
  };
}
