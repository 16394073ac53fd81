import fc from "fast-check";
import type { SpanView } from "../../../control-api/index.ts";

/** A span for tests of what is made of spans. */
export function madeSpan(
  spanId: string,
  parentSpanId: string | undefined,
  startMs: number,
  durationMs: number,
  more: Partial<SpanView> = {},
): SpanView {
  return {
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: spanId,
    part: "shop",
    kind: "internal",
    startMs,
    durationMs,
    error: false,
    attributes: {},
    events: [],
    links: [],
    ...more,
  };
}

const IDS = 12;

/** Spans as nobody should send them: parents missing and in circles, ids twice, clocks that disagree. */
export const madeSpans: fc.Arbitrary<SpanView[]> = fc.array(
  fc
    .record({
      id: fc.nat(IDS),
      parent: fc.option(fc.nat(IDS), { nil: undefined }),
      startMs: fc.nat(100),
      durationMs: fc.nat(60),
      part: fc.constantFrom("front", "shop", "stock"),
      kind: fc.constantFrom("internal" as const, "server" as const, "client" as const, "consumer" as const),
      error: fc.boolean(),
    })
    .map(({ id, parent, startMs, durationMs, ...more }) =>
      madeSpan(`s${id}`, parent === undefined ? undefined : `s${parent}`, startMs, durationMs, more),
    ),
  { maxLength: 16 },
);
