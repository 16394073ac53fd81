import type { SystemModel } from "../../design/model.ts";
import type { Finding } from "../plan-answer.ts";
import type { ResolvedSystem } from "../resolved-model.ts";
import { type ReviewedEstimate, reviewedDesign } from "./reviewed-design.ts";
import { linkOf } from "./rule.ts";
import { RULES } from "./rules.ts";

/** Of one rule no more is told: whoever has mended so many asks again. */
const FOUND_MAX = 20;

const ORDER = { risk: 0, question: 1, advice: 2 } as const;

/**
 * Asks a design the handbook's questions. `model` is checked, and `resolved` was made of it; with `estimate` the rules know how busy
 * parts are by the best model there is, without it by their work and places alone.
 *
 * Risks come first, then questions, then advice; within these by the order of the rules. A place is told once for each rule, and at
 * most 20 places for one. Pure; the same design gives the same findings.
 */
export function review(model: SystemModel, resolved: ResolvedSystem, estimate?: ReviewedEstimate): Finding[] {
  const design = reviewedDesign(model, resolved, estimate);
  const findings = RULES.flatMap(({ id, find }) => {
    const places = new Set<string>();
    return find(design)
      .filter(({ place }) => !places.has(place) && places.add(place).size <= FOUND_MAX)
      .map((found): Finding => ({ rule: id, ...found, link: linkOf(id) }));
  });
  return findings.sort((one, other) => ORDER[one.severity] - ORDER[other.severity]);
}
