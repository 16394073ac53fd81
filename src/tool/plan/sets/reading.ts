import type { Finding } from "../../design/check/place.ts";
import { PlanError } from "../errors.ts";
import type { Assignment } from "./assignment.ts";

/**
 * Reads with the readers of the design language what was set, and throws what they find. Pure.
 *
 * @throws PlanError `BAD_SETTING`, with the words in which a design would be refused.
 */
export function readWhole<Model>(
  assignments: readonly Assignment[],
  read: (findings: Finding[]) => Model,
): Model {
  const findings: Finding[] = [];
  const model = read(findings);
  const [first] = findings;
  if (first === undefined) return model;
  const { path, message, mend } = first;
  const culprit = assignments.findLast((one) => path === one.path || path.startsWith(`${one.path}.`));
  const sets = culprit === undefined ? assignments.map(({ text }) => text) : [culprit.text];
  const where = culprit === undefined ? `${path}: ` : "";
  throw new PlanError("BAD_SETTING", `${sets.join(", ")}: ${where}${message}. ${mend}`, {
    details: { sets, place: path },
  });
}
