import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readLine } from "./line-reading.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("a line of a structured log", () => {
  test("of pino has its level by number, its message, and its other fields by dotted path", () => {
    const line = `{"level":50,"time":1767225600000,"pid":7,"req":{"method":"GET","headers":{"a":"b"}},"tags":[1,"x"],"msg":"no ink","trace_id":"${TRACE}","span_id":"${SPAN}","trace_flags":"01"}`;
    assert.deepEqual(readLine(line), {
      level: "error",
      text: "no ink",
      traceId: TRACE,
      spanId: SPAN,
      fields: { pid: "7", "req.method": "GET", "req.headers.a": "b", tags: '[1,"x"]' },
    });
  });

  test("has its level and message under the names of many libraries", () => {
    const lines: [string, string, string][] = [
      ['{"level":30,"msg":"bunyan","v":0}', "info", "bunyan"],
      ['{"level":"warn","message":"winston"}', "warn", "winston"],
      ['{"level":"dpanic","ts":1767225600.5,"msg":"zap"}', "fatal", "zap"],
      ['{"time":"2026-01-01T00:00:00Z","level":"ERROR+2","msg":"slog"}', "error", "slog"],
      ['{"@timestamp":"x","level":"WARN","message":"logback","logger_name":"a.B"}', "warn", "logback"],
      ['{"severity":"CRITICAL","message":"cloud"}', "fatal", "cloud"],
      ['{"levelname":"DEBUG","message":"python"}', "debug", "python"],
      ['{"log.level":"info","message":"ecs"}', "info", "ecs"],
      ['{"log":{"level":"error"},"message":"nested ecs"}', "error", "nested ecs"],
      ['{"level":"info","event":"structlog"}', "info", "structlog"],
      ['{"level":3,"message":"syslog"}', "error", "syslog"],
      ['level=debug msg="go \\"kit\\"" took=3ms', "debug", 'go "kit"'],
      ["time=2026-01-01T00:00:00Z level=WARN msg=slog", "warn", "slog"],
    ];
    for (const [line, level, text] of lines) {
      const read = readLine(line);
      assert.equal(read.level, level, line);
      assert.equal(read.text, text, line);
    }
    assert.deepEqual(readLine('level=debug msg=x took=3ms empty= q=""').fields, {
      took: "3ms",
      empty: "",
      q: "",
    });
  });

  test("names its trace in the ways of OpenTelemetry and others, and no other tracer's", () => {
    for (const name of ["trace_id", "traceId", "traceid", "TraceId", "otelTraceID"]) {
      assert.equal(readLine(`{"msg":"x","${name}":"${TRACE}"}`).traceId, TRACE, name);
    }
    assert.equal(readLine(`{"msg":"x","trace":{"id":"${TRACE.toUpperCase()}"}}`).traceId, TRACE);
    assert.equal(readLine(`{"msg":"x","mdc":{"trace_id":"${TRACE}"}}`).traceId, TRACE);
    assert.equal(readLine(`level=info msg=x trace_id=${TRACE}`).traceId, TRACE);
    for (const id of ["0".repeat(32), "12", "x".repeat(32)]) {
      assert.equal(readLine(`{"msg":"x","trace_id":"${id}"}`).traceId, undefined);
    }
    assert.equal(readLine(`{"msg":"x","dd.trace_id":"${TRACE}"}`).traceId, undefined);
  });

  test("without a message is told as it is, with its fields", () => {
    assert.deepEqual(readLine('{"a":1}'), { text: '{"a":1}', fields: { a: "1" } });
    assert.deepEqual(readLine('{"level":"purple","msg":"x"}').fields, { level: "purple" });
  });

  test("that attacks its reader gives a bounded reading and touches no prototype", () => {
    const deep = `${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`;
    const wide = `{${Array.from({ length: 5_000 }, (_, at) => `"f${at}":1`).join(",")}}`;
    const long = `{"msg":"x","v":"${"y".repeat(50_000)}"}`;
    for (const line of [deep, wide, long, "{".repeat(60_000), `{"msg":${"[".repeat(50_000)}}`]) {
      const { fields = {} } = readLine(line);
      assert.ok(Object.keys(fields).length <= 64);
      for (const value of Object.values(fields)) assert.ok(value.length <= 4_096);
    }
    const read = readLine('{"msg":"x","__proto__":{"polluted":"yes"},"constructor":"z"}');
    assert.equal(read.fields?.["__proto__.polluted"], "yes");
    assert.equal(Object.hasOwn(read.fields ?? {}, "constructor"), true);
    assert.equal("polluted" in {}, false);
  });
});

describe("a plain line", () => {
  test("has the level that it names near its front", () => {
    const lines: [string, string | undefined][] = [
      ["2026-01-01T12:00:00.123Z INFO foo", "info"],
      ["2026-01-01 12:00:00,123 - app.main - WARNING - careful", "warn"],
      ["[error] x", "error"],
      ["[2026-01-01 12:00:00] [Warn] x", "warn"],
      ["2026/01/01 12:00:00 [notice] 7#7: nginx", "info"],
      ["2026-01-01 12:00:00.000 UTC [42] ERROR:  relation does not exist", "error"],
      ["2026-01-01 12:00:00.000 UTC [42] LOG:  ready", "info"],
      ["2026-01-01 12:00:00 UTC [42] DEBUG3:  x", "debug"],
      ["FATAL:  password authentication failed", "fatal"],
      ["12:00:00.000 [main] DEBUG a.b.C - x", "debug"],
      ["error: something", "error"],
      ["Error: boom", "error"],
      ["Jan 02 12:00:00 info started", "info"],
      ["2026-01-01T12:00:00Z warn x", "warn"],
      ["E0102 12:00:00.000 7 file.go:1] x", "error"],
      ["\u001b[32mINFO\u001b[0m: listening", "info"],
      ["INFO:     Uvicorn running", "info"],
      ["no level at all", undefined],
      ["GET /ERROR 200", undefined],
      ["the error is not ours", undefined],
      ["error rate 0.1", undefined],
      ["log in failed", undefined],
      [`${"x ".repeat(60)}ERROR`, undefined],
      ["", undefined],
    ];
    for (const [line, level] of lines) assert.equal(readLine(line).level, level, line);
  });

  test("loses its colours and links, and nothing else", () => {
    assert.equal(readLine("\u001b[1;31mred\u001b[0m plain").text, "red plain");
    assert.equal(readLine("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\ end").text, "link end");
    assert.equal(readLine("a \u001b[31").text, "a ");
    fc.assert(
      fc.property(fc.string(), (line) => {
        if (!line.includes("\u001b")) assert.equal(readLine(`# ${line}`).text, `# ${line}`);
      }),
    );
  });

  test("is read in time that grows with its length, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, unit: fc.constantFrom(...'{}[]=" \\a1:\u001b-,\tE') }),
        (line) => {
          assert.equal(typeof readLine(line).text, "string");
          assert.equal(typeof readLine(`level=${line}`).text, "string");
        },
      ),
      { numRuns: 2_000 },
    );
    for (const piece of ["\u001b[", 'a="\\', "level= ", "a ", "[", "ERRO"]) readLine(piece.repeat(20_000));
  });
});
