import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { isTraceParent, readTraceContext, traceParentOf } from "./trace-context.ts";
import { TraceIds } from "./trace-ids.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** The cases of the recommendation's own test suite, in words of ours. */
describe("traceparent, as W3C Trace Context's level 2, section 3.2, has it", () => {
  const valid: Record<string, string> = {
    "the version of today": `00-${TRACE}-${SPAN}-01`,
    "not sampled": `00-${TRACE}-${SPAN}-00`,
    "flags that nobody knows yet": `00-${TRACE}-${SPAN}-ff`,
    "a version to come": `cc-${TRACE}-${SPAN}-01`,
    "a version to come, with more behind a dash": `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
    "a version to come that ends in a dash": `01-${TRACE}-${SPAN}-01-`,
  };
  for (const [what, text] of Object.entries(valid))
    test(`${what} is followed`, () => assert.ok(isTraceParent(text), text));

  const invalid: Record<string, string> = {
    nothing: "",
    "version ff": `ff-${TRACE}-${SPAN}-01`,
    "a version of one digit": `0-${TRACE}-${SPAN}-01`,
    "a version that is no number": `.0-${TRACE}-${SPAN}-01`,
    "a version of three digits": `000-${TRACE}-${SPAN}-01`,
    "version 00 with more behind": `00-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
    "version 00 with a dash behind": `00-${TRACE}-${SPAN}-01-`,
    "a version to come with more behind that no dash parts": `cc-${TRACE}-${SPAN}-01.what-the-future-will-be-like`,
    "a trace's id of zeros": `00-${"0".repeat(32)}-${SPAN}-01`,
    "a span's id of zeros": `00-${TRACE}-${"0".repeat(16)}-01`,
    "a trace's id in capitals": `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    "a span's id in capitals": `00-${TRACE}-${SPAN.toUpperCase()}-01`,
    "a trace's id with a dot": `00-.${TRACE.slice(1)}-${SPAN}-01`,
    "a span's id with a dot": `00-${TRACE}-.${SPAN.slice(1)}-01`,
    "a trace's id that is short": `00-${TRACE.slice(1)}-${SPAN}-01`,
    "a trace's id that is long": `00-${TRACE}0-${SPAN}-01`,
    "a span's id that is short": `00-${TRACE}-${SPAN.slice(1)}-01`,
    "a span's id that is long": `00-${TRACE}-${SPAN}0-01`,
    "flags of one digit": `00-${TRACE}-${SPAN}-1`,
    "flags of three digits": `00-${TRACE}-${SPAN}-001`,
    "flags that are no number": `00-${TRACE}-${SPAN}-.0`,
    "flags in capitals": `00-${TRACE}-${SPAN}-0A`,
    "no dashes": `00${TRACE}${SPAN}01`,
    "white space before it": ` 00-${TRACE}-${SPAN}-01`,
    "two of them, joined": `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  };
  for (const [what, text] of Object.entries(invalid))
    test(`${what} is refused`, () => {
      assert.equal(readTraceContext(text, "a=1"), undefined, text);
    });

  test("of the flags, those that are known are kept", () => {
    assert.equal(readTraceContext(`00-${TRACE}-${SPAN}-ff`)?.flags, 3);
    assert.equal(readTraceContext(`00-${TRACE}-${SPAN}-fc`)?.flags, 0);
    assert.equal(readTraceContext(`00-${TRACE}-${SPAN}-02`)?.flags, 2);
  });

  test("without a traceparent, tracestate says nothing; one that is not valid does not harm the traceparent", () => {
    assert.equal(readTraceContext(undefined, "a=1"), undefined);
    const traceparent = `00-${TRACE}-${SPAN}-01`;
    const read = { traceId: TRACE, spanId: SPAN, flags: 1 };
    assert.deepEqual(readTraceContext(traceparent, "a=1,="), { ...read, traceState: "" });
    assert.deepEqual(readTraceContext(traceparent, "a=1"), { ...read, traceState: "a=1" });
  });
});

const digits = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
    .filter((text) => !/^0+$/.test(text));
const contexts = fc.record(
  {
    traceId: digits(32),
    spanId: digits(16),
    flags: fc.constantFrom(0, 1, 2, 3),
    traceState: fc.constantFrom("", "ot=th:8", "a=1,b@c=2"),
  },
  { noNullPrototype: true },
);

test("what is written is read as it was", () => {
  fc.assert(
    fc.property(contexts, (context) => {
      assert.deepEqual(readTraceContext(traceParentOf(context), context.traceState), context);
    }),
  );
});

test("no text makes it throw, and a character changed never makes it read what is not there", () => {
  fc.assert(
    fc.property(contexts, fc.nat(54), fc.string({ minLength: 1, maxLength: 1 }), (context, at, other) => {
      const text = traceParentOf(context);
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      const read = readTraceContext(changed);
      if (read) assert.match(changed, /^(?!ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/);
      if (read) assert.equal(read.traceId, changed.slice(3, 35));
    }),
  );
});

test("OpenTelemetry's propagator reads what is written here, and the other way around", () => {
  const theirs = new W3CTraceContextPropagator();
  fc.assert(
    fc.property(contexts, (context) => {
      const fields = { traceparent: traceParentOf(context), tracestate: context.traceState };
      const read = trace.getSpanContext(theirs.extract(ROOT_CONTEXT, fields, defaultTextMapGetter));
      assert.equal(read?.traceId, context.traceId);
      assert.equal(read?.spanId, context.spanId);
      assert.equal(read?.traceFlags, context.flags);
      assert.equal(read?.traceState?.serialize() ?? "", context.traceState);
      const written: Record<string, string> = {};
      const spoken = trace.setSpanContext(ROOT_CONTEXT, read ?? assert.fail("nothing was read"));
      theirs.inject(spoken, written, defaultTextMapSetter);
      assert.deepEqual(readTraceContext(written.traceparent, written.tracestate), context);
    }),
  );
});

test("ids are of their length, never alike, and the same for the same seed", () => {
  const ids = new TraceIds(seededRandom(1));
  const drawn = new Set<string>();
  for (let count = 0; count < 20_000; count++) {
    const traceId = ids.traceId();
    const spanId = ids.spanId();
    assert.match(traceId, /^[\da-f]{32}$/);
    assert.match(spanId, /^[\da-f]{16}$/);
    drawn.add(traceId).add(spanId);
  }
  assert.equal(drawn.size, 40_000);
  assert.equal(new TraceIds(seededRandom(1)).traceId(), new TraceIds(seededRandom(1)).traceId());
  assert.notEqual(new TraceIds(seededRandom(1)).traceId(), new TraceIds(seededRandom(2)).traceId());
});

test("each of an id's last 56 bits is set as often as not", () => {
  const ids = new TraceIds(seededRandom(7));
  const set = new Array<number>(56).fill(0);
  const count = 10_000;
  for (let drawn = 0; drawn < count; drawn++) {
    const lot = BigInt(`0x${ids.traceId().slice(-14)}`);
    for (let bit = 0; bit < 56; bit++) if ((lot >> BigInt(bit)) & 1n) set[bit] = (set[bit] ?? 0) + 1;
  }
  // Five standard deviations of 10,000 tosses are 250.
  for (const times of set) assert.ok(Math.abs(times - count / 2) < 250, String(set));
});
