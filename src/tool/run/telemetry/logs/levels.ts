import type { Level } from "../../../control-api/index.ts";

/** From the least to the most severe. Pure. */
export const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const satisfies Level[];

/** What libraries call their levels, in lower case. */
const WORDS: ReadonlyMap<string, Level> = new Map(
  Object.entries({
    trace: "trace",
    verbose: "trace",
    silly: "trace",
    finest: "trace",
    finer: "trace",
    trc: "trace",
    debug: "debug",
    dbg: "debug",
    fine: "debug",
    info: "info",
    inf: "info",
    information: "info",
    informational: "info",
    notice: "info",
    log: "info",
    warn: "warn",
    warning: "warn",
    wrn: "warn",
    error: "error",
    err: "error",
    severe: "error",
    fatal: "fatal",
    ftl: "fatal",
    critical: "fatal",
    crit: "fatal",
    panic: "fatal",
    dpanic: "fatal",
    alert: "fatal",
    emerg: "fatal",
    emergency: "fatal",
  } satisfies Record<string, Level>),
);

const WORD_CHARACTERS_MAX = 16;

/** The place of a level among them, from 0; entries that say nothing count as `info`. */
export function rankOf(level: Level | undefined): number {
  return LEVELS.indexOf(level ?? "info");
}

/**
 * The level that a word names, in any case: also with a number behind it, as PostgreSQL (`DEBUG3`) and Go's slog (`ERROR+2`) write
 * them. Undefined for other words.
 */
export function levelOfWord(word: string): Level | undefined {
  if (word.length > WORD_CHARACTERS_MAX) return undefined;
  return WORDS.get(word.replace(/[+-]?\d+$/, "").toLowerCase());
}

/**
 * The level that a number stands for: pino's and bunyan's 10 to 60, or syslog's 0 to 7, of which 0 is the worst (RFC 5424, section
 * 6.2.1). Undefined beyond.
 */
export function levelOfNumber(value: number): Level | undefined {
  if (value >= 10 && value < 100) return LEVELS[Math.min(5, Math.floor(value / 10) - 1)];
  if (value >= 0 && value <= 7) return SYSLOG[Math.floor(value)];
  return undefined;
}

const SYSLOG = ["fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug"] as const;

/**
 * The level of a `SeverityNumber`: four to each level, from 1
 * (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber). Undefined for 0 and beyond 24.
 */
export function levelOfSeverity(severity: number): Level | undefined {
  return severity >= 1 && severity <= 24 ? LEVELS[Math.floor((severity - 1) / 4)] : undefined;
}
