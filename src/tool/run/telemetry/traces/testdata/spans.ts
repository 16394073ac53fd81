import type { Attributes, Batch, SpanData } from "../../../../../blocks/telemetry/otlp/model.ts";
import type { Random } from "../../../../../blocks/time/index.ts";
import type { PartDirectory } from "../../part-directory.ts";

/** A moment in microseconds since the epoch, from which the tests' spans count. */
export const BEGIN_US = 1_767_225_600_000_000;

/** Parts as their resources name them; a call leads to the part in `trestle.peer`. */
export const directory: PartDirectory = {
  senderOf: (resource) => ({
    part: String(resource["service.name"] ?? "unknown"),
    replica: String(resource["service.instance.id"] ?? resource["service.name"] ?? "unknown"),
  }),
  peerOf: ({ "trestle.peer": peer }) => (typeof peer === "string" ? peer : undefined),
};

/** What a part sent. */
export function sent(part: string, ...items: readonly SpanData[]): Batch<SpanData> {
  return { resource: { attributes: { "service.name": part } }, scope: { name: "test", version: "" }, items };
}

/** A span of a trace; `trace` and `id` are small numbers, times milliseconds after the beginning. */
export function span(
  trace: number,
  id: number,
  more: Omit<Partial<SpanData>, "parentSpanId"> & {
    readonly parent?: number;
    readonly atMs?: number;
    readonly forMs?: number;
  } = {},
): SpanData {
  const { parent, atMs = 0, forMs = 10, ...given } = more;
  return {
    traceId: hex(trace, 32),
    spanId: hex(id, 16),
    parentSpanId: parent === undefined ? undefined : hex(parent, 16),
    traceState: "",
    name: "GET /",
    kind: 1,
    startUs: BEGIN_US + atMs * 1_000,
    endUs: BEGIN_US + (atMs + forMs) * 1_000,
    attributes: {},
    events: [],
    links: [],
    status: 0,
    statusMessage: "",
    ...given,
  };
}

/** The id that `span` gives to a trace of this number. */
export function traceIdOf(trace: number): string {
  return hex(trace, 32);
}

/** Attributes as a server's span has them, their texts made anew, as a decoder makes them. */
export function serverAttributes(random: Random): Attributes {
  return {
    "http.request.method": fresh("GET"),
    "url.path": fresh(`/links/${Math.floor(random() * 1e9)}`),
    "http.response.status_code": 200,
    "server.address": fresh("127.0.0.1"),
    "server.port": 8080,
    "db.query.text": fresh(`select target from links where id = ${Math.floor(random() * 1e9)}`),
    duration: random(),
  };
}

function hex(value: number, digits: number): string {
  return fresh(value.toString(16).padStart(digits, "0"));
}

function fresh(text: string): string {
  return Buffer.from(text).toString();
}
