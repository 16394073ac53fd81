import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { Deadline, withDeadline } from "./deadline.ts";
import { deadlineFromHeaders, deadlineHeaders } from "./deadline-headers.ts";

const clock = new SimulatedClock();
const MAX_MS = 60_000;
const read = (headers: Record<string, string | string[] | undefined>, maxMs = MAX_MS) =>
  deadlineFromHeaders(headers, { maxMs, clock }).remainingMs;

test("what is left goes out in gRPC's header, in whole milliseconds rounded down", () => {
  const write = (ms: number) => deadlineHeaders(new Deadline(ms, clock));
  assert.deepEqual(write(1_500.9), { "grpc-timeout": "1500m" });
  assert.deepEqual(write(0.5), { "grpc-timeout": "0m" });
  assert.deepEqual(write(-3), { "grpc-timeout": "0m" });
  assert.deepEqual(write(99_999_999), { "grpc-timeout": "99999999m" });
  assert.deepEqual(write(100_000_999), { "grpc-timeout": "100000S" });
  assert.deepEqual(write(Number.MAX_VALUE), { "grpc-timeout": "99999999S" });
  assert.deepEqual(write(Number.POSITIVE_INFINITY), {});
});

test("without a deadline nothing goes out, and the work's own is the default", () => {
  assert.deepEqual(deadlineHeaders(), {});
  withDeadline(new Deadline(70, clock), () => assert.deepEqual(deadlineHeaders(), { "grpc-timeout": "70m" }));
});

test("every unit of gRPC's is read (gRPC over HTTP/2: Timeout)", () => {
  const day = 24 * 3_600_000;
  const table = {
    "2H": 7_200_000,
    "3M": 180_000,
    "4S": 4_000,
    "5m": 5,
    "6u": 0.006,
    "7n": 0.000007,
    "0m": 0,
  };
  for (const [text, ms] of Object.entries(table)) {
    const leftMs = read({ "grpc-timeout": text }, day);
    assert.ok(Math.abs(leftMs - ms) < 1e-9, `${text} was read as ${leftMs}`);
  }
});

test("Envoy's header is read as well, and of several values the shortest counts", () => {
  assert.equal(read({ "x-envoy-expected-rq-timeout-ms": "250" }), 250);
  assert.equal(read({ "x-envoy-expected-rq-timeout-ms": "250", "grpc-timeout": "1S" }), 250);
  assert.equal(read({ "x-envoy-expected-rq-timeout-ms": "2500", "grpc-timeout": "1S" }), 1_000);
  assert.equal(read({ "grpc-timeout": "1S, 200m" }), 200);
  assert.equal(read({ "grpc-timeout": ["300m", "1S"] }), 300);
  assert.equal(
    deadlineFromHeaders(new Headers({ "Grpc-Timeout": "9m" }), { maxMs: 50, clock }).remainingMs,
    9,
  );
});

test("who says nothing, nothing legible or too much gets the most there is", () => {
  const illegible = [
    "",
    "m",
    "12",
    "-1m",
    "+1m",
    "1.5S",
    "NaNm",
    "1e3m",
    "123456789m",
    "5d",
    "5 m",
    "٣m",
    "0x10m",
  ];
  for (const text of illegible) assert.equal(read({ "grpc-timeout": text }), MAX_MS, text);
  for (const text of ["-1", "NaN", "Infinity", "1e3", "1 000", "9".repeat(16), "9".repeat(10_000)])
    assert.equal(read({ "x-envoy-expected-rq-timeout-ms": text }), MAX_MS, text);
  assert.equal(read({}), MAX_MS);
  assert.equal(read({ "grpc-timeout": "99999999H" }), MAX_MS);
  assert.equal(read({ "grpc-timeout": "1m,".repeat(5_000) }), 1);
  // What is illegible does not hide what is not.
  assert.equal(read({ "grpc-timeout": "soon", "x-envoy-expected-rq-timeout-ms": "40" }), 40);
});

test("whatever a peer sends, a deadline comes out that is no later than the most there is", () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: "grapheme-composite" }),
    fc.array(fc.string()),
    fc.constant(undefined),
    fc.tuple(fc.nat(), fc.constantFrom("H", "M", "S", "m", "u", "n", "")).map(([n, unit]) => `${n}${unit}`),
  );
  fc.assert(
    fc.property(value, value, fc.double({ min: 0.001, max: 1e9, noNaN: true }), (grpc, envoy, maxMs) => {
      const leftMs = read({ "grpc-timeout": grpc, "x-envoy-expected-rq-timeout-ms": envoy }, maxMs);
      assert.ok(leftMs >= 0 && leftMs <= maxMs);
    }),
  );
});

test("a deadline loses no more than the rounding on its way out and in, and never gains", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e11, noNaN: true }), (ms) => {
      const still = new SimulatedClock();
      const headers = deadlineHeaders(new Deadline(ms, still));
      const arrivedMs = deadlineFromHeaders(headers, { maxMs: 1e12, clock: still }).remainingMs;
      assert.ok(arrivedMs <= ms);
      assert.ok(ms - arrivedMs < (ms < 100_000_000 ? 1 : 1_000) || ms > 99_999_999_000);
    }),
  );
});

test("the most there is has to be a length of time", () => {
  for (const maxMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => deadlineFromHeaders({}, { maxMs }), /maxMs has to be above 0 and finite/);
});
