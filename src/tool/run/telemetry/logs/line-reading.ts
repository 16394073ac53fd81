import { withoutAnsi } from "./ansi.ts";
import { readLogfmt } from "./logfmt.ts";
import { levelOfPlain } from "./plain-level.ts";
import { fieldsOf, type LineReading, readFields } from "./structured-line.ts";

export type { LineReading } from "./structured-line.ts";

/** Longer lines are taken as they are. The supervisor cuts lines at 16 KiB. */
const STRUCTURED_CHARACTERS_MAX = 64 * 1024;

/**
 * Reads a line of a log: a JSON object as pino, bunyan, winston, zap, slog, logback or structlog write it, logfmt, or a plain line with a
 * level near its front. Whatever it holds, it gives a bounded reading and does not throw. Pure.
 */
export function readLine(line: string): LineReading {
  const plain = withoutAnsi(line);
  const structured = plain.length <= STRUCTURED_CHARACTERS_MAX ? readStructured(plain) : undefined;
  if (structured) return structured;
  const level = levelOfPlain(plain);
  return level === undefined ? { text: plain } : { text: plain, level };
}

function readStructured(line: string): LineReading | undefined {
  const trimmed = line.trim();
  if (trimmed.startsWith("{") && trimmed.endsWith("}")) {
    const value = objectOf(trimmed);
    return value && readFields(fieldsOf(value), line);
  }
  // A message alone (`a=b c=d`) is a sentence of code as often as a structured line.
  if (!/(^|\s)(level|lvl|severity|msg|message)=/.test(trimmed)) return undefined;
  const pairs = readLogfmt(trimmed);
  return pairs && readFields(pairs, line);
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
