import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import { paintOf } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

/** Exit codes: what was asked holds, it does not, and the command line itself was wrong. */
export const EXIT = { holds: 0, failed: 1, usage: 2 } as const;

/** Codes of what stands wrong in the command line itself. */
const USAGE: ReadonlySet<string> = new Set(["BAD_ARGUMENT", "UNKNOWN_SETTING", "BAD_SETTING"]);

/**
 * Says on `err` what went wrong, in one message without a stack trace, and returns the exit code. `TRESTLE_DEBUG=1` adds
 * the trace. With `json` it is one line: `{ "error": { "code", "message", "details"?, "problems"? } }`.
 */
export function reportFailure(thrown: unknown, terminal: Terminal, { json }: { json: boolean }): number {
  const { err, environment } = terminal;
  const code = codeOf(thrown);
  if (json) err.write(`${JSON.stringify({ error: errorObject(thrown) })}\n`);
  else {
    const head = paintOf(err)("red", "trestle:");
    err.write(`${head} ${messageOf(thrown)}\n`);
    if (code === undefined && !environment.TRESTLE_DEBUG) {
      err.write("This was not foreseen. TRESTLE_DEBUG=1 shows where it happened.\n");
    }
  }
  if (environment.TRESTLE_DEBUG && thrown instanceof Error) err.write(`${traces(thrown).join("\n")}\n`);
  return code !== undefined && USAGE.has(code) ? EXIT.usage : EXIT.failed;
}

function errorObject(thrown: unknown): object {
  const object: Record<string, unknown> = {
    code: codeOf(thrown) ?? "UNFORESEEN",
    message: messageOf(thrown),
  };
  if (typeof thrown !== "object" || thrown === null) return object;
  if ("problems" in thrown) object.problems = thrown.problems;
  if ("details" in thrown && Object.keys(thrown.details ?? {}).length > 0) object.details = thrown.details;
  return object;
}

/** The stack of an error and of what caused it. */
function traces(thrown: Error): string[] {
  const cause = thrown.cause instanceof Error ? traces(thrown.cause) : [];
  return [thrown.stack ?? String(thrown), ...cause.map((trace) => `caused by ${trace}`)];
}
