/** `trestle plan --review`: the handbook's questions as checks on a design. Pure. */

export { review } from "./review.ts";
export type { ReviewedEstimate } from "./reviewed-design.ts";
export type { Rule } from "./rule.ts";
export { RULES } from "./rules.ts";
