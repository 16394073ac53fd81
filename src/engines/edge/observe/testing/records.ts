import fc from "fast-check";
import { ANSWERS, type AnswerCode } from "../../answers.ts";
import type { ExchangeRecord } from "../exchange-record.ts";

/** An exchange that went well, with whatever is to be otherwise. */
export function record(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    outcome: "answered",
    requestId: "edge000000-1",
    clientAddress: "127.0.0.1",
    method: "GET",
    target: "/things/1?page=2",
    host: "shop.example.com",
    version: "1.1",
    tls: undefined,
    route: "/things/*",
    upstream: "shop",
    endpoint: "shop.1",
    attempts: 1,
    status: 200,
    code: undefined,
    requestBytes: 0,
    responseBytes: 100,
    durationMs: 1.25,
    upstreamMs: 0.75,
    trace: undefined,
    ...more,
  };
}

const codes = Object.keys(ANSWERS) as AnswerCode[];

/** Any exchange over a few routes, upstreams and endpoints, some of which no configuration names. */
export const anyRecord: fc.Arbitrary<ExchangeRecord> = fc.record({
  outcome: fc.constantFrom("answered", "own", "cut", "left"),
  requestId: fc.string({ maxLength: 20 }),
  clientAddress: fc.constantFrom("127.0.0.1", "2001:db8::1"),
  method: fc.constantFrom(
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "BREW",
    "get",
  ),
  target: fc.string({ maxLength: 40 }),
  host: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
  version: fc.constantFrom("1.0", "1.1", "2.0"),
  tls: fc.constantFrom(undefined, "TLSv1.3"),
  route: fc.constantFrom(undefined, "/things/*", 'GET "quoted"\\/*', "gone"),
  upstream: fc.constantFrom(undefined, "shop", "stock", "gone"),
  endpoint: fc.constantFrom(undefined, "shop.1", "shop.2", "gone"),
  attempts: fc.nat({ max: 3 }),
  status: fc.oneof(fc.constantFrom(0, 200, 304, 404, 503), fc.integer({ min: 100, max: 999 })),
  code: fc.constantFrom(undefined, ...codes),
  requestBytes: fc.nat(),
  responseBytes: fc.nat(),
  durationMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
  upstreamMs: fc.oneof(fc.constant(-1), fc.double({ min: 0, max: 100_000, noNaN: true })),
  trace: fc.constant(undefined),
});
