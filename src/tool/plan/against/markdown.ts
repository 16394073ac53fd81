import type { Finding, RequirementAnswer } from "../plan-answer.ts";
import { bytesText, countText, msText, UNKNOWN, valueText } from "../report/figure-text.ts";
import type {
  Direction,
  FigureChange,
  PlanDifference,
  RequirementChange,
  RequirementSide,
} from "./change.ts";
import type { Setting, SettingChange } from "./settings.ts";

const STATES: Readonly<Record<RequirementAnswer["state"], string>> = {
  holds: "✅ holds",
  fails: "❌ fails",
  unknown: "❔ open",
};

/** What a direction is, in a word; those that matter to nobody have none. */
export const DIRECTIONS: Readonly<Record<Direction, string>> = {
  better: "better",
  worse: "worse",
  changed: "",
  same: "",
  new: "new",
  gone: "gone",
};

/**
 * A difference as GitHub's Markdown, for a pull request: the verdict, a table of the requirements, what else changes, and findings. Names and
 * sentences are written so that they stay text. Pure.
 */
export function differenceMarkdown(difference: PlanDifference, system: string): string {
  const { revision, verdict, requirements, figures, settings, findings } = difference;
  const blocks = [
    `### ${text(system)}: the plan against ${code(revision.name)} (${code(revision.commit.slice(0, 10))})`,
    verdict.before === verdict.after
      ? `The requirements as a whole: ${STATES[verdict.after]}, as before.`
      : `The requirements as a whole: ${STATES[verdict.before]} → **${STATES[verdict.after]}**.`,
    table(["requirement", "asked", "before", "after", ""], requirements.map(requirementCells)),
    figures.length === 0
      ? "Load, times, availability and price stay as they are."
      : table(["", "", "before", "after", ""], figures.map(figureCells)),
    settings.length === 0
      ? ""
      : details(
          `What the design says otherwise (${settings.length})`,
          table(["place", "before", "after"], settings.map(settingCells)),
        ),
    findingsBlock("New findings of the review", findings.appeared),
    findingsBlock("Findings that are gone", findings.gone),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function requirementCells({ title, unit, bound, before, after, direction }: RequirementChange): string[] {
  const asked = (side: RequirementSide) =>
    `${bound === "at-most" ? "≤" : "≥"} ${valueText(side.required, unit)}`;
  const now = after ?? before;
  const side = (one: RequirementSide | undefined) =>
    one === undefined ? UNKNOWN : `${valueText(one.predicted, unit)} ${STATES[one.state]}`;
  const isMoved = before !== undefined && after !== undefined && before.required !== after.required;
  return [
    text(title),
    isMoved ? `${asked(before)} → ${asked(after)}` : now === undefined ? "" : asked(now),
    side(before),
    direction === "same" ? side(after) : `**${side(after)}**`,
    DIRECTIONS[direction],
  ];
}

function figureCells({ name, about, title, unit, before, after, direction }: FigureChange): string[] {
  return [
    about === "system" ? "the whole" : code(name),
    text(title),
    valueText(before, unit),
    valueText(after, unit),
    DIRECTIONS[direction],
  ];
}

function settingCells({ place, before, after }: SettingChange): string[] {
  return [
    code(place),
    before === undefined ? UNKNOWN : code(settingText(place, before)),
    after === undefined ? UNKNOWN : code(settingText(place, after)),
  ];
}

/** A setting in the unit that its name ends with. */
export function settingText(place: string, setting: Setting): string {
  if (typeof setting !== "number") return String(setting);
  if (place.endsWith("Bytes")) return bytesText(setting);
  if (place.endsWith("Ms")) return msText(setting);
  return countText(setting);
}

function findingsBlock(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return "";
  const items = findings.map(
    ({ severity, title: what, place, reason, mend }) =>
      `- **${severity}** ${text(what)} (${code(place)}): ${text(reason)} ${text(mend)}`,
  );
  return `**${title}**\n\n${items.join("\n")}`;
}

function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What a design says, as text: no markup, no mention of anybody, no reference to an issue. */
function text(value: string): string {
  return value
    .slice(0, 1_000)
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/@/g, "&#64;")
    .replace(/#/g, "&#35;")
    .replace(/:\/\//g, "&#58;//")
    .replace(/[\\`*_{}[\]()|!~]/g, "\\$&");
}

function code(value: string): string {
  // In a span of code nothing is markup but its end, and in a table the stroke between cells.
  return `\`${value.slice(0, 200).replace(/\s+/g, " ").replace(/`/g, "'").replace(/\|/g, "\\|")}\``;
}
