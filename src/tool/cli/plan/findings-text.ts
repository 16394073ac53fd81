import type { Finding } from "../../plan/index.ts";
import type { Style } from "../paint.ts";
import { count } from "../words.ts";
import { type Sheet, wrapped } from "./sheet.ts";

const SEVERITIES: Readonly<Record<Finding["severity"], { mark: string; style: Style }>> = {
  risk: { mark: "▲", style: "red" },
  question: { mark: "?", style: "yellow" },
  advice: { mark: "·", style: "cyan" },
};

/** How many findings there are of each kind: `2 risks, 1 question`. */
export function findingCounts(findings: readonly Finding[]): string {
  const kinds = (["risk", "question", "advice"] as const).flatMap((severity) => {
    const found = findings.filter((one) => one.severity === severity).length;
    // Advice has no plural.
    return found === 0 ? [] : [severity === "advice" ? `${found} advice` : count(found, severity)];
  });
  return kinds.length === 0 ? "nothing to remark" : kinds.join(", ");
}

/** What a review found: what, where and why, and how to mend it. */
export function findingLines(findings: readonly Finding[], { columns, paint }: Sheet): string[] {
  if (findings.length === 0) return ["Nothing to remark."];
  const width = columns - 2 - 4;
  return findings.flatMap(({ severity, place, title, reason, mend, link }, index) => {
    const { mark, style } = SEVERITIES[severity];
    const [first = "", ...more] = wrapped(title, columns - 2 - severity.length - 4);
    return [
      ...(index === 0 ? [] : [""]),
      `${paint(style, `${mark} ${severity}`)}  ${paint("bold", first)}`,
      ...more.map((line) => `    ${paint("bold", line)}`),
      `    ${paint("dim", place)}`,
      ...wrapped(reason, width).map((line) => `    ${line}`),
      ...wrapped(`Mend: ${mend}`, width).map((line) => `    ${line}`),
      `    ${paint("dim", link)}`,
    ];
  });
}
