import type { RequirementAnswer } from "../../plan-answer.ts";

/**
 * How much room is left, as a share: of the time allowed for at-most, of the loss allowed for shares, and for the rest how much more
 * there is than required. Below 0 where it fails, absent where it is unknown, -Infinity where nothing bounds what is too long. Pure.
 */
export function marginOf({
  bound,
  unit,
  required,
  predicted,
}: Pick<RequirementAnswer, "bound" | "unit" | "required" | "predicted">): number | undefined {
  if (predicted === undefined) return undefined;
  if (bound === "at-most") return required > 0 ? 1 - predicted / required : undefined;
  if (unit === "share") return required < 1 ? 1 - (1 - predicted) / (1 - required) : undefined;
  return required > 0 ? predicted / required - 1 : undefined;
}
