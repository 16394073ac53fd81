import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import type { LogData } from "../otlp/model.ts";
import { createLogger, noLogger } from "./logger.ts";

function logged(options: Partial<Parameters<typeof createLogger>[0]> = {}) {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const records: LogData[] = [];
  const logger = createLogger({
    clock,
    write: (line) => lines.push(line),
    tell: (record) => records.push(record),
    ...options,
  });
  const last = () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown>;
  return { clock, lines, records, logger, last };
}

test("a message is a line of JSON: level, time, words, the span under way, and its fields", () => {
  const context = { traceId: "a".repeat(32), spanId: "b".repeat(16), flags: 1, traceState: "" };
  const { logger, lines, records } = logged({ context: () => context });
  logger.child({ part: "links" }).warn("the cache is away", { attempt: 3, cause: null });
  assert.equal(
    lines[0],
    `{"level":"warn","time":"2026-01-01T00:00:00.000Z","msg":"the cache is away","trace_id":"${context.traceId}","span_id":"${context.spanId}","part":"links","attempt":3,"cause":null}\n`,
  );
  assert.deepEqual(records, [
    {
      timeUs: Date.UTC(2026, 0, 1) * 1_000,
      severity: 13,
      severityText: "WARN",
      body: "the cache is away",
      attributes: { part: "links", attempt: 3, cause: null },
      traceId: context.traceId,
      spanId: context.spanId,
    },
  ]);
});

test("lesser levels are dropped, and it can be asked whether they are", () => {
  const { logger, lines } = logged({ level: "warn" });
  logger.trace("a");
  logger.debug("b");
  logger.info("c");
  logger.error("d");
  logger.fatal("e");
  assert.equal(lines.length, 2);
  assert.deepEqual([logger.isOn("info"), logger.isOn("warn")], [false, true]);
});

test("errors are told with their stack, and no field takes the place of the line's own", () => {
  const { logger, last } = logged();
  logger.error("failed", { cause: new TypeError("no"), level: "info", time: 0, trace_id: "x" });
  const line = last();
  assert.equal(line.level, "error");
  assert.equal(line.level_, "info");
  assert.equal(line.trace_id_, "x");
  assert.match(String(line.cause), /^TypeError: no\n +at /);
});

test("whatever the fields hold, it is one line of at most 16 KiB, and nothing is thrown", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const hostile = {
    get boom() {
      throw new Error("no");
    },
  };
  const value = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    fc.constant("x".repeat(20_000)),
    fc.constant(circle),
    fc.constant(hostile),
    fc.constant(Symbol("s")),
    fc.constant(() => 1),
  );
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), value, { maxKeys: 100 }), (message, fields) => {
      const { logger, lines } = logged();
      logger.info(message, fields);
      for (const line of lines) {
        assert.ok(line.length <= 16 * 1_024);
        assert.equal(line.indexOf("\n"), line.length - 1);
        assert.equal(typeof JSON.parse(line), "object");
      }
    }),
  );
});

test("a flood is cut at so many a second, and the next second says how many were left out", async () => {
  const { clock, logger, lines, last } = logged({ perSecondMax: 3 });
  for (let count = 0; count < 10; count++) logger.info("again");
  assert.equal(lines.length, 3);
  await clock.advance(1_000);
  logger.info("later");
  assert.equal(lines.length, 5);
  assert.equal((JSON.parse(lines[3] ?? "") as { left_out: number }).left_out, 7);
  assert.equal(last().msg, "later");
});

test("a logger that says nothing may be called", () => {
  noLogger.child({ a: 1 }).error("x", { b: 1 });
  assert.equal(noLogger.isOn("fatal"), false);
});
