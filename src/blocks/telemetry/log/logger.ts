import type { Clock } from "../../time/clock.ts";
import { Epoch } from "../epoch.ts";
import type { AnyValue, LogData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import { fieldsOf, lineOf } from "./log-line.ts";

/** Levels, from what only its author reads to what ends the program, with OpenTelemetry's severity. */
export const LOG_LEVELS = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const;

export type LogLevel = keyof typeof LOG_LEVELS;

/** What goes along with a message. Errors are told with type, message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logs: a message that stays the same, and fields that do not. Never throws. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
  /** Whether messages of a level go anywhere: spares the making of fields. */
  isOn(level: LogLevel): boolean;
  /** A logger that says these fields with everything. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly clock: Clock;
  /** Lesser ones are dropped. Default `info`. */
  readonly level?: LogLevel;
  /**
   * Takes lines of JSON, with their newline: `{"level":"info","time":"2026-…Z","msg":"…","trace_id":"…","span_id":"…",…fields}`. At most 16 KiB
   * each; fields are cut to fit.
   */
  readonly write?: (line: string) => void;
  /** Takes records for OTLP. */
  readonly tell?: (record: LogData) => void;
  /** The span under way, whose ids are said with each message. */
  readonly context?: () => TraceContext | undefined;
  /** Messages of one second, at most; the next second says how many were left out. Default 1,000. */
  readonly perSecondMax?: number;
}

/** A logger that writes lines, tells records, or both. */
export function createLogger(options: LoggerOptions): Logger {
  return new LevelledLogger(new LogSink(options), {});
}

class LevelledLogger implements Logger {
  readonly #sink: LogSink;
  readonly #fields: LogFields;

  constructor(sink: LogSink, fields: LogFields) {
    this.#sink = sink;
    this.#fields = fields;
  }

  trace(message: string, fields?: LogFields): void {
    this.#say("trace", message, fields);
  }
  debug(message: string, fields?: LogFields): void {
    this.#say("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#say("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#say("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#say("error", message, fields);
  }
  fatal(message: string, fields?: LogFields): void {
    this.#say("fatal", message, fields);
  }

  isOn(level: LogLevel): boolean {
    return this.#sink.isOn(level);
  }

  child(fields: LogFields): Logger {
    return new LevelledLogger(this.#sink, { ...this.#fields, ...fields });
  }

  #say(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (this.#sink.isOn(level)) this.#sink.take(level, message, { ...this.#fields, ...fields });
  }
}

/** Where all loggers of one program end. */
class LogSink {
  readonly #options: LoggerOptions;
  readonly #leastSeverity: number;
  readonly #perSecondMax: number;
  readonly #epoch: Epoch;
  #secondEndsMs = 0;
  #said = 0;
  #leftOut = 0;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#leastSeverity = LOG_LEVELS[options.level ?? "info"];
    this.#perSecondMax = options.perSecondMax ?? 1_000;
    this.#epoch = new Epoch(options.clock);
  }

  isOn(level: LogLevel): boolean {
    return LOG_LEVELS[level] >= this.#leastSeverity;
  }

  take(level: LogLevel, message: string, fields: LogFields): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs >= this.#secondEndsMs) {
      const leftOut = this.#leftOut;
      this.#secondEndsMs = nowMs + 1_000;
      this.#said = 0;
      this.#leftOut = 0;
      if (leftOut > 0)
        this.#put("warn", "messages were left out, as too many came at once", { left_out: leftOut });
    }
    if (this.#said >= this.#perSecondMax) this.#leftOut++;
    else {
      this.#said++;
      this.#put(level, message, fields);
    }
  }

  #put(level: LogLevel, message: string, given: LogFields): void {
    const { clock, context, write, tell } = this.#options;
    const within = context?.();
    try {
      const fields: Record<string, AnyValue> = fieldsOf(given);
      write?.(lineOf({ level, timeMs: clock.wallMs(), message, context: within, fields }));
      tell?.({
        timeUs: this.#epoch.nowUs(),
        severity: LOG_LEVELS[level],
        severityText: level.toUpperCase(),
        body: message,
        attributes: fields,
        traceId: within?.traceId,
        spanId: within?.spanId,
      });
    } catch {
      // A log is no reason to fail: what wrote it has enough to do.
    }
  }
}

/** A logger that says nothing. */
export const noLogger: Logger = Object.freeze({
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  isOn: () => false,
  child: () => noLogger,
});
