import { RunError } from "../errors.ts";

/** The fields that a client sent, none of which is known to be of its kind yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads an object that has no other fields than these. Throws `BAD_REQUEST`, as all of these readers do. */
export function readFields(input: unknown, known: readonly string[]): Fields {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new RunError("BAD_REQUEST", "the body has to be a JSON object");
  for (const name of Object.keys(input)) {
    if (!known.includes(name)) {
      throw new RunError("BAD_REQUEST", `there is no field ${JSON.stringify(name.slice(0, 60))}`);
    }
  }
  return input as Fields;
}

/** Text of at most so many characters; absent it is `otherwise`, where that is given. */
export function readText(fields: Fields, name: string, lengthMax: number, otherwise?: string): string {
  const value = fieldOf(fields, name) ?? otherwise;
  if (typeof value === "string" && value.length <= lengthMax) return value;
  throw new RunError("BAD_REQUEST", `${name} has to be text of at most ${lengthMax} characters`);
}

/** A whole number of a range; absent it is `otherwise`, where that is given. */
export function readWhole(
  fields: Fields,
  name: string,
  least: number,
  most: number,
  otherwise?: number,
): number {
  const value = fieldOf(fields, name) ?? otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RunError("BAD_REQUEST", `${name} has to be a whole number from ${least} to ${most}`);
}

function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
