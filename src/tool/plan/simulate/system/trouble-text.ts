import { DURATION } from "../../../design/quantities/duration.ts";
import { readQuantity } from "../../../design/quantities/measure.ts";
import { PlanError } from "../../errors.ts";
import type { Trouble } from "./system-simulation.ts";

const FORM = "PART[/REPLICA]@TIME+DURATION[:slow=FACTOR|:partition], or CACHE@TIME:flush";
const GRAMMAR =
  /^([a-z][a-z0-9-]*)(?:\/([0-9]{1,6}))?@([0-9.]+ ?[a-z]+)(?:\+([0-9.]+ ?[a-z]+))?(?::(crash|partition|flush|slow=[0-9.e]+))?$/;

/**
 * Reads what goes wrong, as the command line has it: `front/2@1min+30s` crashes a replica, `links@2min+1min:slow=10` makes a part slow,
 * `hot@5min+10s:partition` cuts it off, and `hot@5min:flush` empties a cache. Pure.
 *
 * @throws PlanError `BAD_SETTING` for what has another form. Whether the design has such a part is for `simulateSystem`.
 */
export function readFailures(texts: readonly string[]): readonly Trouble[] {
  return texts.map(troubleOf);
}

function troubleOf(text: string): Trouble {
  const [, part, number, at, lasting, kind = "crash"] = (text.length <= 200 && GRAMMAR.exec(text)) || [];
  if (part === undefined || at === undefined) throw bad(text, `has to be of the form ${FORM}`);
  const atMs = durationOf(text, at);
  const whom = { part, atMs, ...(number === undefined ? {} : { replica: Number(number) }) };
  if (kind === "flush") {
    if (lasting !== undefined) throw bad(text, "is over at once: a flush has no duration");
    return { ...whom, kind };
  }
  if (lasting === undefined) throw bad(text, "does not say how long it lasts: write +30s behind the time");
  const durationMs = durationOf(text, lasting);
  if (kind === "crash" || kind === "partition") return { ...whom, kind, durationMs };
  const factor = Number(kind.slice("slow=".length));
  if (!(factor > 0 && Number.isFinite(factor))) throw bad(text, "needs a factor above 0: write :slow=10");
  return { ...whom, kind: "slow", durationMs, factor };
}

function durationOf(text: string, written: string): number {
  // Beside times on a command line, m is a minute to everybody.
  const { value } = readQuantity(DURATION, written.replace(/(?<=[0-9] ?)m$/, "min"));
  if (value === undefined) throw bad(text, `has no duration in "${written}": write 30s, 5min or 1h`);
  return value;
}

function bad(text: string, wrong: string): PlanError {
  return new PlanError("BAD_SETTING", `--fail ${text.slice(0, 200)} ${wrong}`, { details: { text } });
}
