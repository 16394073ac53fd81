import type { RequirementStatus } from "../../control-api/index.ts";
import type { Format } from "./format.ts";

/** A requirement's figure over time beside its bound, as a chart draws it. */
export interface RequirementChart {
  /** What the values are, in words. */
  readonly label: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly limit: number;
  readonly format: Format;
  readonly stepMs: number;
}

/**
 * Makes a chart of the windows by which a requirement is judged. A share that has to be at least nearly all is drawn as what is missing of it: between 99.9 and
 * 100 per cent of a scale from nought nothing could be seen. Pure.
 */
export function requirementChart(
  requirement: Pick<RequirementStatus, "windows" | "windowMs" | "bound" | "required" | "unit" | "title">,
): RequirementChart {
  const { windows, windowMs, bound, required, unit, title } = requirement;
  const isMissing = unit === "share" && bound === "at-least";
  const values = windows.map(({ measured }) =>
    measured === undefined ? null : isMissing ? Math.max(0, 1 - measured) : measured,
  );
  return {
    label: isMissing ? "share that failed" : title,
    times: windows.map((window) => window.fromMs),
    values,
    // Not 0.00009999999999998899.
    limit: isMissing ? Number((1 - required).toPrecision(9)) : required,
    format: unit,
    stepMs: windowMs,
  };
}

/** Which traces tell why a requirement is not met: slow ones of a latency, failed ones of an availability. In the words of `TraceQuery`. */
export function tellingTraces(
  requirement: Pick<RequirementStatus, "id" | "required">,
): { readonly title: string; readonly params: Readonly<Record<string, string>> } | undefined {
  if (requirement.id.startsWith("latency.")) {
    const minMs = String(requirement.required);
    return { title: "Traces that took longer", params: { minMs, sort: "duration" } };
  }
  if (requirement.id === "availability") return { title: "Traces that failed", params: { status: "error" } };
  return undefined;
}
