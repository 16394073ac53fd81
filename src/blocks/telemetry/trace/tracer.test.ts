import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { SimulatedClock } from "../../time/simulated-clock.ts";
import { memoryTelemetry } from "../memory-telemetry.ts";
import { alwaysOff, alwaysOn, parentBased, shareSampler } from "./sampler.ts";
import { weightOf } from "./sampling-threshold.ts";
import { SPAN_LIMITS } from "./span.ts";
import { FLAG_RANDOM, FLAG_SAMPLED, readTraceContext } from "./trace-context.ts";
import { traceFromHeaders, traceHeaders } from "./trace-headers.ts";
import { TraceIds } from "./trace-ids.ts";
import { noTracer } from "./tracer.ts";

const START_US = Date.UTC(2026, 0, 1) * 1_000;
const SAMPLED = readTraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "them=1");
const UNSAMPLED = readTraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "them=1");

function traced(options: Partial<Parameters<typeof memoryTelemetry>[0]> = {}) {
  const clock = new SimulatedClock();
  const telemetry = memoryTelemetry({ clock, random: seededRandom(1), ...options });
  return { clock, tracer: telemetry.tracer, spans: telemetry.spans };
}

test("a span lasts as long as the promise of its work, to the microsecond, and hands on what that gives", async () => {
  const { clock, tracer, spans } = traced();
  const answer = tracer.span("work", { kind: "consumer", attributes: { a: 1 } }, async (span) => {
    await clock.sleep(0.25);
    span.set("b", "two").addEvent("half", { way: true });
    await clock.sleep(12.375);
    return "done";
  });
  assert.equal(spans.length, 0);
  await clock.advance(20);
  assert.equal(await answer, "done");
  const [span] = spans;
  assert.deepEqual([span?.startUs, span?.endUs], [START_US, START_US + 12_625]);
  assert.deepEqual(span?.attributes, { a: 1, b: "two" });
  assert.deepEqual(span?.events, [{ timeUs: START_US + 250, name: "half", attributes: { way: true } }]);
  assert.deepEqual([span?.kind, span?.status, span?.parentSpanId], [5, 0, undefined]);
});

test("what work throws is recorded and thrown on, at once or later", async () => {
  const { tracer, spans } = traced();
  const failure = Object.assign(new TypeError("it is wrong"), { code: "WRONG" });
  assert.throws(
    () =>
      tracer.span("now", {}, () => {
        throw failure;
      }),
    failure,
  );
  await assert.rejects(
    tracer.span("later", {}, () => Promise.reject(failure)),
    failure,
  );
  assert.equal(tracer.active, undefined);
  for (const span of spans) {
    assert.deepEqual([span.status, span.statusMessage], [2, "it is wrong"]);
    assert.equal(span.attributes["error.type"], "WRONG");
    const [event] = span.events;
    assert.equal(event?.name, "exception");
    assert.equal(event.attributes["exception.message"], "it is wrong");
    assert.match(String(event.attributes["exception.stacktrace"]), /tracer\.test/);
  }
  assert.equal(spans.length, 2);
});

test("steps find the span that they are of, however it was awaited, and side by side do not mix", async () => {
  const { clock, tracer, spans } = traced();
  const request = (name: string, delayMs: number) =>
    tracer.span(name, {}, async () => {
      await clock.sleep(delayMs);
      await Promise.all([
        tracer.span(`${name}: a`, {}, () => clock.sleep(5)),
        tracer.span(`${name}: b`, {}, () => clock.sleep(3)),
      ]);
      tracer.startSpan(`${name}: c`).end();
    });
  const both = Promise.all([request("one", 1), request("two", 2)]);
  await clock.advance(20);
  await both;
  const byName = new Map(spans.map((span) => [span.name, span]));
  for (const name of ["one", "two"]) {
    const parent = byName.get(name);
    for (const step of ["a", "b", "c"]) {
      assert.equal(byName.get(`${name}: ${step}`)?.parentSpanId, parent?.spanId);
      assert.equal(byName.get(`${name}: ${step}`)?.traceId, parent?.traceId);
    }
  }
  assert.notEqual(byName.get("one")?.traceId, byName.get("two")?.traceId);
});

test("a caller's trace is gone on with, its state too, and what it does not sample is passed on and not told", () => {
  const { tracer, spans } = traced();
  const span = tracer.startSpan("in", { parent: SAMPLED, kind: "server" });
  assert.equal(span.context.traceId, SAMPLED?.traceId);
  assert.deepEqual(traceFromHeaders(traceHeaders(span.context)), span.context);
  span.end();
  assert.equal(spans[0]?.parentSpanId, SAMPLED?.spanId);
  assert.equal(spans[0]?.traceState, "them=1");

  const silent = tracer.startSpan("in", { parent: UNSAMPLED });
  assert.equal(silent.isRecording, false);
  tracer.within(silent, () => {
    const step = tracer.startSpan("step");
    assert.deepEqual(traceHeaders(step.context), {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
      tracestate: "them=1",
    });
    step.fail(new Error("no")).end();
  });
  silent.end();
  assert.equal(spans.length, 1);
  // A trace of one's own, in the midst of another.
  tracer.within(span, () => tracer.startSpan("apart", { parent: null }).end());
  assert.equal(spans[1]?.parentSpanId, undefined);
  assert.notEqual(spans[1]?.traceId, spans[0]?.traceId);
});

test("headers are read as node:http and as fetch have them", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const read = traceFromHeaders({ traceparent, tracestate: ["a=1", "b=2"] });
  assert.equal(read?.traceState, "a=1,b=2");
  assert.deepEqual(traceFromHeaders(new Headers({ traceparent, tracestate: "a=1,b=2" })), read);
  assert.equal(traceFromHeaders(new Headers()), undefined);
  assert.deepEqual(traceHeaders(noTracer.startSpan("x").context), {});
});

test("a share of the traces that begin is sampled, each saying for how many it stands", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.nat(), (share, seed) => {
      const sampler = shareSampler(share);
      const ids = new TraceIds(seededRandom(seed));
      let told = 0;
      let stoodFor = 0;
      for (let count = 0; count < 2_000; count++) {
        const traceState = sampler.sample(ids.traceId(), undefined);
        if (traceState === undefined) continue;
        told++;
        stoodFor += weightOf(traceState);
      }
      // Six standard deviations: once in 500 million draws.
      const tolerance = 6 * Math.sqrt(2_000 * share * (1 - share)) + 1;
      assert.ok(Math.abs(told - 2_000 * share) <= tolerance, `${told} of 2,000 at ${share}`);
      assert.ok(Math.abs(stoodFor - 2_000) <= (tolerance + 1) / share);
    }),
    { numRuns: 20 },
  );
  assert.throws(() => shareSampler(1.1), RangeError);
});

test("who samples less samples a part of what others sample", () => {
  const ids = new TraceIds(seededRandom(3));
  const few = shareSampler(0.1);
  const many = shareSampler(0.3);
  for (let count = 0; count < 2_000; count++) {
    const traceId = ids.traceId();
    if (few.sample(traceId, undefined) !== undefined)
      assert.ok(many.sample(traceId, undefined) !== undefined);
  }
});

test("samplers do what their names say, and who follows the caller does not ask the lot", () => {
  const traceId = "a".repeat(32);
  assert.equal(alwaysOn.sample(traceId, UNSAMPLED), "them=1");
  assert.equal(alwaysOff.sample(traceId, SAMPLED), undefined);
  assert.equal(parentBased(alwaysOff).sample(traceId, SAMPLED), "them=1");
  assert.equal(parentBased(alwaysOn).sample(traceId, UNSAMPLED), undefined);
  assert.equal(parentBased(alwaysOff).sample(traceId, undefined), undefined);
  const { tracer } = traced({ sampler: alwaysOff });
  const { context } = tracer.startSpan("x", { parent: SAMPLED });
  assert.equal(context.flags & FLAG_SAMPLED, 0);
  assert.equal(context.traceId, SAMPLED?.traceId);
  assert.equal(tracer.startSpan("y").context.flags, FLAG_RANDOM);
});

test("a span of an unsampled trace is told when it fails or is slow, so many a second and no more", async () => {
  const { clock, tracer, spans } = traced({ tail: { slowMs: 100, perSecondMax: 2 } });
  const serve = async (name: string, tookMs: number, error?: Error) => {
    const span = tracer.startSpan(name, { kind: "server", parent: UNSAMPLED, attributes: { a: 1 } });
    const step = tracer.within(span, () => tracer.startSpan("step"));
    assert.equal(step.context.spanId, span.context.spanId);
    step.end();
    await clock.advance(tookMs);
    if (error) span.fail(error);
    span.end();
    span.end();
  };
  await serve("quick", 99);
  assert.equal(spans.length, 0);
  await serve("slow", 100);
  await serve("failed", 0, new Error("no"));
  await serve("failed too", 0, new Error("no"));
  assert.deepEqual(
    spans.map(({ name, status, endUs, startUs, parentSpanId }) => [
      name,
      status,
      endUs - startUs,
      parentSpanId,
    ]),
    [
      ["slow", 0, 100_000, UNSAMPLED?.spanId],
      ["failed", 2, 0, UNSAMPLED?.spanId],
    ],
  );
  assert.deepEqual(spans[1]?.attributes, { a: 1, "error.type": "Error" });
  await clock.advance(1_000);
  await serve("failed later", 0, new Error("no"));
  assert.equal(spans.length, 3);
});

test("what a span holds is bounded, and after its end it takes nothing", () => {
  const { tracer, spans } = traced();
  const span = tracer.startSpan("full");
  for (let count = 0; count < 1_000; count++) {
    span.set(`a${count}`, "x".repeat(10_000)).addEvent("e").addLink(span.context);
  }
  span.rename("renamed").status("error", "m").status("ok").end();
  span.set("late", 1).addEvent("late").rename("late").status("error").fail(new Error("late")).end();
  assert.equal(spans.length, 1);
  const [told] = spans;
  assert.equal(told?.name, "renamed");
  assert.deepEqual([told.status, told.statusMessage], [1, ""]);
  assert.equal(Object.keys(told.attributes).length, SPAN_LIMITS.attributes);
  assert.equal(String(told.attributes.a0).length, SPAN_LIMITS.attributeCharacters);
  assert.equal(told.events.length, SPAN_LIMITS.events);
  assert.equal(told.links.length, SPAN_LIMITS.links);
});

test("where nobody listens, work is called as it is", async () => {
  assert.equal(
    noTracer.span("x", {}, () => 1),
    1,
  );
  assert.equal(await noTracer.span("x", {}, async (span) => span.isRecording), false);
  assert.equal(
    noTracer.within(noTracer.startSpan("x"), () => 2),
    2,
  );
});
