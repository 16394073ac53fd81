import { readQuantity } from "../../design/quantities/measure.ts";
import { SIZE } from "../../design/quantities/size.ts";
import { CliError } from "../errors.ts";

/** A size with its unit, as options name it, in bytes. Throws `BAD_ARGUMENT` in the name of `option`. */
export function bytesOf(text: string, option: string): number {
  // A bare number comes as text, too: on a command line everything does.
  const reading = readQuantity(SIZE, /^\d+$/.test(text) ? Number(text) : text);
  if (reading.value !== undefined) return reading.value;
  throw new CliError("BAD_ARGUMENT", `${option}: ${reading.wrong}. ${reading.mend}`);
}
