import type { Finding } from "../plan-answer.ts";
import type { ReviewedDesign } from "./reviewed-design.ts";

/** One question that a review asks of a design. Pure. */
export interface Rule {
  /** Its family and its name; `docs/plan-review.md` has a section of that name. */
  readonly id: string;
  /** What it looks at, as a clause: `parts that stand alone, against the availability that is required`. */
  readonly checks: string;
  /** What it finds; nothing where the design is in order, or says too little to tell. */
  readonly find: (design: ReviewedDesign) => readonly Found[];
}

/** A finding without what follows from its rule. */
export type Found = Omit<Finding, "rule" | "link">;

/** Where the docs explain a rule: headings lose their strokes in links. */
export function linkOf(id: string): string {
  return `docs/plan-review.md#${id.replaceAll("/", "")}`;
}
