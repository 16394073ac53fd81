import type { Figure } from "../figure.ts";
import type { Finding, PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import type { SettingChange } from "./settings.ts";

/** What a change of a design does to its plan. Plain data, as `--json` prints it. Pure. */
export interface PlanDifference {
  /** What `after` is compared with. */
  readonly revision: { readonly name: string; readonly commit: string };
  /** What the design says otherwise. */
  readonly settings: readonly SettingChange[];
  readonly verdict: {
    readonly before: RequirementAnswer["state"];
    readonly after: RequirementAnswer["state"];
  };
  /** Every requirement of either. */
  readonly requirements: readonly RequirementChange[];
  /** What changed of the whole, of classes of requests and of parts, by more than rounding. */
  readonly figures: readonly FigureChange[];
  readonly findings: {
    readonly appeared: readonly Finding[];
    readonly gone: readonly Finding[];
    /** How many are in both. */
    readonly stayed: number;
  };
}

/** What a change is to those who run the system. `changed` is neither good nor bad by itself. */
export type Direction = "better" | "worse" | "changed" | "same" | "new" | "gone";

export interface RequirementChange {
  readonly id: string;
  readonly title: string;
  readonly unit: RequirementAnswer["unit"];
  readonly bound: RequirementAnswer["bound"];
  readonly before?: RequirementSide;
  readonly after?: RequirementSide;
  readonly direction: Direction;
}

export type RequirementSide = Pick<
  RequirementAnswer,
  "required" | "predicted" | "state" | "breaksAtPerSecond"
>;

export interface FigureChange {
  readonly about: "system" | "class" | "part";
  /** Of the system, the class or the part. */
  readonly name: string;
  readonly title: string;
  readonly unit: Figure["unit"];
  readonly before?: number;
  readonly after?: number;
  readonly direction: Direction;
}

/** The parts of a plan that a comparison looks at. */
export type ComparedAnswer = Pick<
  PlanAnswer,
  "system" | "classes" | "parts" | "requirements" | "bottleneck" | "pricePerMonth" | "findings"
>;
