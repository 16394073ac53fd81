/** `trestle plan --against REV`: a design at a git revision, and what the change since does to its plan. */

export type {
  ComparedAnswer,
  Direction,
  FigureChange,
  PlanDifference,
  RequirementChange,
  RequirementSide,
} from "./change.ts";
export { type PlannedDesign, planDifference } from "./difference.ts";
export { differenceMarkdown, settingText } from "./markdown.ts";
export { layOutRevision, type Revision } from "./revision.ts";
export type { Setting, SettingChange } from "./settings.ts";
