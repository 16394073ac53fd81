import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type AnyValue,
  type Attributes,
  type Batch,
  countItems,
  decodeRequest,
  encodeRequest,
  type LogData,
  type MetricData,
  OtlpError,
  readRequest,
  requestEncoder,
  type Signal,
  type SpanData,
  Tally,
} from "./index.ts";

const hex = (digits: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits })
    .filter((id) => /[^0]/.test(id));
/** Text with characters of every length, and no half of a pair. */
const text = fc.string({ unit: "grapheme", maxLength: 60 });
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((one) => !Object.is(one, -0)),
);
const timeUs = fc.integer({ min: 0, max: 4_000_000_000_000_000 });

const value: fc.Arbitrary<AnyValue> = fc.letrec<{ any: AnyValue }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(text, tie("any"), { maxKeys: 4 }),
  ),
})).any;
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(text, value, { maxKeys: 6 });

const span: fc.Arbitrary<SpanData> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.option(hex(16), { nil: undefined }),
  traceState: text,
  name: text,
  kind: fc.constantFrom(0, 1, 2, 3, 4, 5),
  startUs: timeUs,
  endUs: timeUs,
  attributes,
  events: fc.array(fc.record({ timeUs, name: text, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }), { maxLength: 3 }),
  status: fc.constantFrom(0, 1, 2),
  statusMessage: text,
});

const log: fc.Arbitrary<LogData> = fc.record({
  timeUs,
  severity: fc.integer({ min: 0, max: 24 }),
  severityText: text,
  body: value,
  attributes,
  traceId: fc.option(hex(32), { nil: undefined }),
  spanId: fc.option(hex(16), { nil: undefined }),
});

const exemplars = fc.array(fc.record({ timeUs, value: number, traceId: hex(32), spanId: hex(16) }), {
  maxLength: 2,
});
const base = { attributes, startUs: timeUs, timeUs, exemplars };
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const numbers = fc.array(fc.record({ ...base, value: number }), { minLength: 1, maxLength: 4 });
const histogram = fc
  .uniqueArray(fc.double({ noNaN: true }), { maxLength: 6, comparator: "SameValueZero" })
  .map((bounds) => bounds.sort((a, b) => a - b))
  .chain((bounds) => {
    const buckets = { minLength: bounds.length + 1, maxLength: bounds.length + 1 };
    return fc.record({
      ...base,
      count,
      sum: number,
      bounds: fc.constant(bounds),
      counts: fc.array(count, buckets),
    });
  });
const buckets = fc.record({
  offset: fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
  counts: fc.array(count, { maxLength: 6 }),
});
const exponential = fc.record({
  ...base,
  count,
  sum: number,
  scale: fc.integer({ min: -10, max: 20 }),
  zeroCount: count,
  positive: buckets,
  negative: buckets,
});
const head = { name: text, description: text, unit: text };
const temporality = fc.constantFrom("delta" as const, "cumulative" as const);
const some = { minLength: 1, maxLength: 3 };
const metric: fc.Arbitrary<MetricData> = fc.oneof(
  fc.record({ ...head, kind: fc.constant("gauge" as const), points: numbers }),
  fc.record({
    ...head,
    kind: fc.constant("sum" as const),
    temporality,
    monotonic: fc.boolean(),
    points: numbers,
  }),
  fc.record({
    ...head,
    kind: fc.constant("histogram" as const),
    temporality,
    points: fc.array(histogram, some),
  }),
  fc.record({
    ...head,
    kind: fc.constant("exponential-histogram" as const),
    temporality,
    points: fc.array(exponential, some),
  }),
);

function batches<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Batch<Item>[]> {
  return fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scope: fc.record({ name: text, version: text }),
      items: fc.array(item, { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 3 },
  );
}

/** Attributes that were read inherit nothing, which strict equality would see. */
function plain<Value>(read: Value): Value {
  if (read instanceof Uint8Array || typeof read !== "object" || read === null) return read;
  if (Array.isArray(read)) return read.map(plain) as Value;
  return Object.fromEntries(Object.entries(read).map(([name, one]) => [name, plain(one)])) as Value;
}

test("telemetry of every kind is read as it was written", () => {
  const encoder = requestEncoder();
  fc.assert(
    fc.property(batches(span), (given) => {
      assert.deepEqual(
        plain(decodeRequest("traces", "protobuf", encoder.encode("traces", given))),
        plain(given),
      );
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(batches(log), (given) => {
      assert.deepEqual(plain(decodeRequest("logs", "protobuf", encoder.encode("logs", given))), plain(given));
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(batches(metric), (given) => {
      assert.deepEqual(
        plain(decodeRequest("metrics", "protobuf", encoder.encode("metrics", given))),
        plain(given),
      );
    }),
    { numRuns: 60 },
  );
});

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const PLAIN_SPAN: SpanData = {
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: undefined,
  traceState: "",
  name: "é",
  kind: 2,
  startUs: 1_790_000_000_123_456,
  endUs: 1_790_000_000_123_457,
  attributes: { n: -1 },
  events: [],
  links: [],
  status: 0,
  statusMessage: "",
};
const BATCH = {
  resource: { attributes: { a: "b" } },
  scope: { name: "s", version: "" },
  items: [PLAIN_SPAN],
};

test("a request has the bytes that the protocol's grammar says", () => {
  const bytes = encodeRequest("traces", [BATCH]);
  const spanBytes = [
    `0a10${TRACE}`,
    `1208${SPAN}`,
    "2a02c3a9",
    "3002",
    "39005a4e0a095fd718".replace("5a4e0a095fd718", hexTime(PLAIN_SPAN.startUs).slice(2)),
    `41${hexTime(PLAIN_SPAN.endUs)}`,
    "4a10" + "0a016e" + "120b18ffffffffffffffffff01",
  ].join("");
  assert.equal(Buffer.from(bytes).toString("hex"), frame(spanBytes));
});

function hexTime(us: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(us) * 1_000n);
  return bytes.toString("hex");
}

function frame(item: string): string {
  const sized = (tag: string, inner: string) => {
    const length = inner.length / 2;
    const digits = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
    return tag + Buffer.from(digits).toString("hex") + inner;
  };
  const resource = sized("0a", sized("0a", `0a0161${sized("12", "0a0162")}`));
  return sized("0a", resource + sized("12", sized("0a", "0a0173") + sized("12", item)));
}

test("times keep their microseconds, from the epoch to the year 2255", () => {
  for (const us of [0, 1, 999_999, 1_790_000_000_123_457, 9_007_199_254_740_991]) {
    const items = [{ ...PLAIN_SPAN, startUs: us }];
    const [read] = decodeRequest("traces", "protobuf", encodeRequest("traces", [{ ...BATCH, items }]));
    assert.equal(read?.items[0]?.startUs, us);
  }
});

test("of a request that is cut off anywhere, what is read is either an error with its place or whole fields", () => {
  const metrics: MetricData[] = [
    {
      name: "m",
      description: "",
      unit: "s",
      kind: "gauge",
      points: [{ attributes: {}, startUs: 0, timeUs: 1, exemplars: [], value: 1 }],
    },
  ];
  const requests: [Signal, Uint8Array][] = [
    ["traces", encodeRequest("traces", [BATCH, BATCH])],
    ["metrics", encodeRequest("metrics", [{ ...BATCH, items: metrics }])],
    ["logs", encodeRequest("logs", [])],
  ];
  for (const [signal, bytes] of requests) {
    for (let length = 1; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      let counted = -1;
      try {
        counted = countItems(signal, cut);
      } catch (thrown) {
        assert.ok(thrown instanceof OtlpError && thrown.code === "MALFORMED_OTLP");
        assert.ok(Number(thrown.details.place) <= length);
        continue;
      }
      // Only between two batches is anything whole.
      assert.equal(counted, 1);
      assert.equal(decodeRequest(signal, "protobuf", cut).length, 1);
    }
  }
});

test("bytes that were damaged are told as malformed, or every item of theirs is accounted for", () => {
  const good = encodeRequest("traces", [BATCH, BATCH]);
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.constantFrom<Signal>("traces", "metrics", "logs"), (changes, signal) => {
      const bytes = good.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      const tally = new Tally();
      let counted: number;
      try {
        counted = countItems(signal, bytes);
      } catch (thrown) {
        assert.ok(thrown instanceof OtlpError);
        return;
      }
      try {
        decodeRequest(signal, "protobuf", bytes, { tally });
      } catch (thrown) {
        // A resource or scope that does not decode ends the reading.
        assert.ok(thrown instanceof OtlpError);
        assert.ok(tally.taken + tally.refused <= counted);
        return;
      }
      assert.equal(tally.taken + tally.refused, counted);
    }),
    { numRuns: 2_000 },
  );
});

test("random bytes never do more than throw the typed error", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom<Signal>("traces", "metrics", "logs"),
      fc.constantFrom("protobuf" as const, "json" as const),
      (bytes, signal, encoding) => {
        for (const read of [
          () => countItems(signal, bytes, encoding),
          () => decodeRequest(signal, encoding, bytes),
        ]) {
          try {
            read();
          } catch (thrown) {
            assert.ok(thrown instanceof OtlpError, String(thrown));
          }
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a span whose id is of a wrong length or all 0 is left out and counted, and the others are taken", () => {
  const items = [
    PLAIN_SPAN,
    { ...PLAIN_SPAN, traceId: "0".repeat(32) },
    { ...PLAIN_SPAN, spanId: SPAN.slice(2) },
    PLAIN_SPAN,
  ];
  const tally = new Tally();
  const bytes = encodeRequest("traces", [{ ...BATCH, items }]);
  const [batch] = decodeRequest("traces", "protobuf", bytes, { tally });
  assert.equal(batch?.items.length, 2);
  assert.deepEqual([tally.taken, tally.malformed], [2, 2]);
  assert.match(tally.problem, /id/);
});

test("values nested without end are read to the bound, and no deeper", () => {
  const nested = (levels: number): AnyValue => {
    let one: AnyValue = "end";
    for (let level = 0; level < levels; level++) one = [one];
    return one;
  };
  const read = (body: AnyValue) => {
    const record = { timeUs: 1, severity: 0, severityText: "", body, attributes: {} };
    const items = [{ ...record, traceId: undefined, spanId: undefined }];
    const [batch] = decodeRequest("logs", "protobuf", encodeRequest("logs", [{ ...BATCH, items }]));
    return plain(batch?.items[0]?.body);
  };
  assert.deepEqual(read(nested(16)), nested(16));
  let within: AnyValue = null;
  for (let level = 0; level < 16; level++) within = [within];
  assert.deepEqual(read(nested(40)), within);
  // Written no deeper than the stack bears.
  assert.deepEqual(read(nested(100_000)), within);
});

test("names of attributes that objects inherit are names like any other", () => {
  const named = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Attributes;
  const bytes = encodeRequest("traces", [{ ...BATCH, resource: { attributes: named } }]);
  const [batch] = decodeRequest("traces", "protobuf", bytes);
  const { attributes: read } = batch?.resource ?? assert.fail();
  assert.deepEqual(Object.entries(read), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  assert.equal(read.toString, undefined);
});

test("a large request comes in pieces, each of its own resource and scope, and a metric of many points too", () => {
  const items = Array.from({ length: 1_000 }, () => PLAIN_SPAN);
  const bytes = encodeRequest("traces", [{ ...BATCH, items }]);
  const pieces = [...readRequest("traces", "protobuf", bytes)];
  assert.ok(pieces.every((piece) => piece.items.length <= 256 && piece.scope.name === "s"));
  assert.equal(pieces.flatMap((piece) => piece.items).length, 1_000);

  const point = { attributes: {}, startUs: 0, timeUs: 1, exemplars: [], value: 1 };
  const points = Array.from({ length: 1_000 }, () => point);
  const gauge: MetricData = { name: "m", description: "", unit: "", kind: "gauge", points };
  const written = encodeRequest("metrics", [{ ...BATCH, items: [gauge] }]);
  const parts = [...readRequest("metrics", "protobuf", written)].flatMap((piece) => piece.items);
  assert.ok(parts.length > 3);
  assert.ok(parts.every((part) => part.name === "m" && part.points.length <= 256));
  assert.equal(
    parts.reduce((sum, part) => sum + part.points.length, 0),
    1_000,
  );
  assert.equal(countItems("metrics", written), 1_000);
});

test("an empty shell repeated by the hundred thousand gives batches without items between which one can pause", () => {
  const bytes = new Uint8Array(200_000).fill(0).map((_, at) => (at % 2 === 0 ? 10 : 0));
  const pieces = [...readRequest("traces", "protobuf", bytes)];
  assert.ok(pieces.length >= 300);
  assert.ok(pieces.every((piece) => piece.items.length === 0));
  assert.throws(
    () =>
      countItems(
        "traces",
        new Uint8Array(1_100_000).map((_, at) => (at % 2 === 0 ? 10 : 0)),
      ),
    {
      code: "MALFORMED_OTLP",
    },
  );
});

test("an item larger than the bound is refused as such", () => {
  const items = [{ ...PLAIN_SPAN, name: "x".repeat(5_000) }, PLAIN_SPAN];
  const tally = new Tally();
  const bytes = encodeRequest("traces", [{ ...BATCH, items }]);
  decodeRequest("traces", "protobuf", bytes, { tally, bounds: { itemBytesMax: 4_000 } });
  assert.deepEqual([tally.taken, tally.tooLarge], [1, 1]);
});

test("events, attributes and list entries beyond their bounds are left out of a span that is taken", () => {
  const event = { timeUs: 1, name: "e", attributes: {} };
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, at]));
  const list = Array.from({ length: 20 }, (_, at) => at);
  const items = [{ ...PLAIN_SPAN, events: Array(20).fill(event), attributes: { list, ...many } }];
  const bytes = encodeRequest("traces", [{ ...BATCH, items }]);
  const [batch] = decodeRequest("traces", "protobuf", bytes, {
    bounds: { eventsMax: 5, attributesMax: 7 },
  });
  const [read] = batch?.items ?? [];
  assert.equal(read?.events.length, 5);
  assert.equal(Object.keys(read?.attributes ?? {}).length, 7);
  assert.deepEqual(read?.attributes.list, list.slice(0, 7));
});
