import type { PlanAnswer } from "../plan-answer.ts";
import { valueText } from "./figure-text.ts";
import { peakOf } from "./verdict.ts";

/** What happens at a load of the whole. */
export interface GrowthStep {
  readonly perSecond: number;
  /** The load beside the peak. */
  readonly times: number;
  readonly kind: "peak" | "breaks" | "full";
  readonly what: string;
}

/**
 * What breaks as the load grows, in its order, the peak among it. What no load breaks is left out; so is all of it where there is no peak.
 * Pure.
 */
export function growthOf(answer: PlanAnswer): readonly GrowthStep[] {
  const peak = peakOf(answer);
  if (!(peak > 0)) return [];
  const steps: GrowthStep[] = [{ perSecond: peak, times: 1, kind: "peak", what: "the peak" }];
  const add = (perSecond: number | undefined, kind: GrowthStep["kind"], what: string) => {
    // What holds at no load has nothing to do with growth.
    if (perSecond === undefined || !Number.isFinite(perSecond) || perSecond <= 0) return;
    steps.push({ perSecond, times: perSecond / peak, kind, what });
  };
  for (const { title, bound, required, unit, breaksAtPerSecond } of answer.requirements) {
    // What a design can carry is told by the part that is full first.
    if (unit === "per-second") continue;
    add(
      breaksAtPerSecond,
      "breaks",
      `${title} goes ${bound === "at-most" ? "above" : "below"} ${valueText(required, unit)}`,
    );
  }
  add(answer.bottleneck?.perSecond, "full", `${answer.bottleneck?.part} is full`);
  return steps.length === 1 ? [] : steps.sort((one, other) => one.perSecond - other.perSecond);
}
