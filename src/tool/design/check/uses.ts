import type { Need } from "../kinds/kind.ts";
import type { UsesModel } from "../model.ts";
import { urlVariable } from "../names.ts";
import { isPart, type Uses } from "../part.ts";
import { shown, thrownText } from "../quantities/measure.ts";
import type { Place } from "./place.ts";
import { isPlainObject } from "./values.ts";

/** The parts that a program uses, or a function that returns them. */
export type UsesOption = Uses | (() => Uses);

/** Reads `uses`: what the model keeps, and the parts themselves. */
export function readUses(place: Place, value: unknown): { uses: UsesModel; needs: readonly Need[] } {
  const uses: Record<string, string> = {};
  const needs: Need[] = [];
  const named = resolved(place, value);
  if (named === undefined) return { uses, needs };
  if (!isPlainObject(named) || isPart(named)) {
    const name = isPart(named) ? String(named.name) : "links";
    const what = isPart(named) ? "a part by itself" : shown(named);
    place.problem(
      `${what} stands where "uses" names parts`,
      `Write uses: { ${name} }, with the parts' names in braces.`,
    );
    return { uses, needs };
  }
  const variables = new Map<string, string>();
  for (const [name, part] of Object.entries(named)) {
    if (part === undefined) continue;
    const at = place.at(name);
    const variable = urlVariable(name);
    const other = variables.get(variable);
    variables.set(variable, name);
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      at.problem(
        `${shown(name)} cannot name a part that is used`,
        "Use up to 64 letters, digits, hyphens and underscores, a letter first: it becomes a variable such as LINKS_URL.",
      );
    } else if (other !== undefined) {
      at.problem(`"${other}" and "${name}" both become ${variable}`, "Give one of them another name.");
    }
    if (isPart(part)) {
      uses[name] = part.name;
      needs.push({ part, place: at });
    } else notAPart(at, part);
  }
  return { uses, needs };
}

/** What a function returns, or the value itself. */
export function resolved(place: Place, value: unknown): unknown {
  if (typeof value !== "function") return value;
  try {
    return value();
  } catch (thrown) {
    place.problem(
      `the function threw: ${thrownText(thrown)}`,
      "Let it only return parts that the file defines.",
    );
    return undefined;
  }
}

/** Tells that something stands where a part belongs. */
export function notAPart(place: Place, value: unknown): void {
  const mend =
    typeof value === "string"
      ? `Write the part itself, without quotes: what ${[...PART_MAKERS].join(", ")} returned.`
      : `Write what ${PART_MAKERS.slice(0, -1).join(", ")} or ${PART_MAKERS.at(-1)} returned.`;
  place.problem(`${shown(value)} is not a part`, mend);
}

const PART_MAKERS = ["service()", "task()", "edge()", "cache()", "database()"];
