import { NAME_MAX, NAME_PATTERN, nameMeant, RESERVED_NAMES } from "../names.ts";
import { shown } from "../quantities/measure.ts";
import type { Place } from "./place.ts";

/** Whether a part's or a system's name is of the right form; tells a problem where it is not. */
export function checkName(place: Place, name: unknown, what: string): name is string {
  if (typeof name === "string" && name.length <= NAME_MAX && NAME_PATTERN.test(name)) {
    if (!RESERVED_NAMES.has(name)) return true;
    place.problem(`"${name}" is a name that Trestle needs for itself`, "Choose another name.");
    return false;
  }
  if (typeof name === "string" && name.length > NAME_MAX) {
    place.problem(`${shown(name)} is too long a name for ${what}`, `Keep it to ${NAME_MAX} characters.`);
    return false;
  }
  const meant = typeof name === "string" ? nameMeant(name) : undefined;
  const form =
    "Names are lower case letters and digits, with single hyphens between words and a letter first";
  place.problem(
    `${shown(name)} cannot be the name of ${what}`,
    meant === undefined ? `${form}.` : `Did you mean "${meant}"? ${form}.`,
  );
  return false;
}
