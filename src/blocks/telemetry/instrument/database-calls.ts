import type { Clock } from "../../time/clock.ts";
import { DB_DURATION_BOUNDS_S } from "../metric/histogram.ts";
import type { Histogram } from "../metric/instrument.ts";
import type { Attributes } from "../otlp/model.ts";
import type { Telemetry } from "../telemetry.ts";
import { type ClientCall, type MeasuredOperation, measuredOperation } from "./client-calls.ts";

/** A database, or whatever keeps data and has a protocol, as its clients see it. */
export interface DatabaseTarget {
  /** `db.system.name`: `postgresql`, `redis`. */
  readonly system: string;
  readonly address: string;
  readonly port: number;
  /** `db.namespace`: the database's name, where there are several. */
  readonly namespace?: string;
}

/** Measures calls of a database's client by OpenTelemetry's conventions: `db.client.operation.duration`, and spans. */
export interface DatabaseCalls {
  /** A command of a store that has verbs: `GET`. */
  begin(operation: string): ClientCall;
  /** A statement whose values are parameters: its text is told as it is. */
  beginStatement(text: string): ClientCall;
}

/** Commands and statements that are told apart, at most; those that come later are told without their names. */
const OPERATIONS_MAX = 150;

/**
 * Watches calls to one database (https://opentelemetry.io/docs/specs/semconv/database/). Commands and statements have to be few and
 * fixed; texts with values in them are neither, and would say the values.
 */
export function databaseCalls(telemetry: Telemetry, clock: Clock, target: DatabaseTarget): DatabaseCalls {
  return new WatchedCalls(telemetry, clock, target);
}

class WatchedCalls implements DatabaseCalls {
  readonly #telemetry: Telemetry;
  readonly #clock: Clock;
  readonly #attributes: Attributes;
  readonly #durations: Histogram;
  readonly #commands = new Map<string, MeasuredOperation>();
  readonly #statements = new Map<string, MeasuredOperation>();
  #others: MeasuredOperation | undefined;

  constructor(telemetry: Telemetry, clock: Clock, { system, address, port, namespace }: DatabaseTarget) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#attributes = {
      "db.system.name": system,
      ...(namespace !== undefined && { "db.namespace": namespace }),
      "server.address": address,
      "server.port": port,
    };
    this.#durations = telemetry.meter.histogram("db.client.operation.duration", {
      unit: "s",
      description: "Duration of database client operations.",
      bounds: DB_DURATION_BOUNDS_S,
    });
  }

  begin(operation: string): ClientCall {
    const known = this.#commands.get(operation);
    return (known ?? this.#kept(this.#commands, operation, () => this.#measured(operation, {}))).begin();
  }

  beginStatement(text: string): ClientCall {
    const known = this.#statements.get(text);
    return (known ?? this.#kept(this.#statements, text, () => this.#measuredStatement(text))).begin();
  }

  #kept(
    among: Map<string, MeasuredOperation>,
    key: string,
    make: () => MeasuredOperation,
  ): MeasuredOperation {
    if (among.size >= OPERATIONS_MAX) {
      this.#others ??= this.#measured("_OTHER", {});
      return this.#others;
    }
    const made = make();
    among.set(key, made);
    return made;
  }

  #measuredStatement(text: string): MeasuredOperation {
    const { operation, summary } = summaryOf(text);
    const named = { "db.operation.name": operation, "db.query.summary": summary };
    return this.#measured(summary, named, { "db.query.text": text });
  }

  #measured(name: string, named: Attributes, spanAttributes?: Attributes): MeasuredOperation {
    const attributes = { ...this.#attributes, "db.operation.name": name, ...named };
    const operation = { name, attributes, ...(spanAttributes && { spanAttributes }) };
    return measuredOperation(this.#telemetry, this.#clock, this.#durations, operation);
  }
}

const SUMMARY_CHARACTERS_MAX = 255;

/**
 * `db.operation.name` and `db.query.summary` of a statement: its verb, and the verb with the tables that it names. Read without a grammar,
 * with what stands in brackets left out: of a statement with others in it, the outermost counts. Pure.
 */
export function summaryOf(text: string): { readonly operation: string; readonly summary: string } {
  const plain = outermost(text.replaceAll(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, " "));
  const verbs = plain.match(/\b(?:select|insert|update|delete|merge)\b/gi) ?? [];
  const operation = (verbs[0] ?? /[a-z]+/i.exec(plain)?.[0] ?? "query").toUpperCase();
  const tables = new Set<string>();
  for (const [, table = ""] of plain.matchAll(/\b(?:from|into|update|join)\s+(?:only\s+)?([a-z_][\w.]*)/gi))
    tables.add(table.toLowerCase());
  const summary = [operation, ...tables].join(" ").slice(0, SUMMARY_CHARACTERS_MAX);
  return { operation, summary };
}

/** A text without what stands in brackets. */
function outermost(text: string): string {
  let depth = 0;
  let kept = "";
  for (const character of text) {
    if (character === "(") depth++;
    if (depth === 0) kept += character;
    if (character === ")") depth = Math.max(0, depth - 1);
  }
  return kept;
}
