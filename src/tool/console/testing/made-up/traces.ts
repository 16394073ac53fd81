import type { SpanView, TraceQuery, TraceSummary, TraceView } from "../../../control-api/index.ts";
import { isHurt, noise } from "./measures.ts";
import type { MadeUpSystem } from "./system.ts";

const EVERY_MS = 4_000;
const TRACES_MAX = 500;

/** A trace's id tells when it began, so that any can be made up again. */
function idOf(step: number): string {
  return `${"5eed".repeat(4)}${step.toString(16).padStart(16, "0")}`;
}

/** The traces that charts point at: one in five. */
export function slowTraceIds(fromMs: number, toMs: number): { traceId: string; timeMs: number }[] {
  const found: { traceId: string; timeMs: number }[] = [];
  for (let step = Math.ceil(fromMs / EVERY_MS); step * EVERY_MS <= toMs && found.length < 60; step++) {
    if (noise("exemplar", step) < 0.08) found.push({ traceId: idOf(step), timeMs: step * EVERY_MS });
  }
  return found;
}

/** A whole trace by its id; undefined of an id that was not made here. */
export function traceOf(system: MadeUpSystem, traceId: string): TraceView | undefined {
  if (!/^(5eed){4}[0-9a-f]{16}$/.test(traceId)) return undefined;
  return makeTrace(system, Number.parseInt(traceId.slice(16), 16));
}

function makeTrace(system: MadeUpSystem, step: number): TraceView {
  const startMs = step * EVERY_MS;
  const failed = isHurt(system, startMs) || noise("failed", step) > 0.97;
  const traceId = idOf(step);
  const ms = 2 + noise("ms", step) ** 4 * 180 * (failed ? 3 : 1);
  const entry = system.model.parts.findLast(({ kind }) => kind === "edge")?.name ?? "";
  const service = system.links.find(({ from }) => from === entry)?.to ?? "";
  const stores = system.links.filter(({ from }) => from === service).map(({ to }) => to);
  const span = (
    index: number,
    of: Partial<SpanView> & Pick<SpanView, "name" | "part" | "kind">,
    at: number,
    share: number,
  ): SpanView => ({
    spanId: `${traceId.slice(-8)}${String(index).padStart(8, "0")}`,
    ...(index === 0
      ? {}
      : { parentSpanId: `${traceId.slice(-8)}${String(Math.min(index - 1, 2)).padStart(8, "0")}` }),
    startMs: startMs + ms * at,
    durationMs: ms * share,
    error: false,
    attributes: {},
    events: [],
    links: [],
    ...of,
  });
  const path = ["/chacha", "/conf26", "/spring-sale"][step % 3] ?? "/";
  const status = failed ? "503" : "302";
  const http = { "http.request.method": "GET", "url.path": path, "http.response.status_code": status };
  const spans = [
    span(0, { name: "GET /*", part: entry, kind: "server", error: failed, attributes: http }, 0, 1),
    span(
      1,
      { name: "GET", part: entry, kind: "client", peer: service, error: failed, attributes: http },
      0.02,
      0.96,
    ),
    span(
      2,
      {
        name: "GET /:code",
        part: service,
        replica: `${service}.${(step % 2) + 1}`,
        kind: "server",
        error: failed,
        attributes: { "http.route": "/:code" },
      },
      0.04,
      0.92,
    ),
    ...stores.map((store, index) =>
      span(
        3 + index,
        {
          name: index === 0 ? "SELECT links" : "GET",
          part: service,
          replica: `${service}.${(step % 2) + 1}`,
          kind: "client",
          peer: store,
          attributes: {
            "db.system.name": index === 0 ? "postgresql" : "redis",
            "db.query.text": index === 0 ? "select url from links where code = $1" : "GET link:?",
          },
        },
        0.3 - index * 0.2,
        index === 0 ? 0.6 : 0.12,
      ),
    ),
  ];
  const summary: TraceSummary = {
    traceId,
    name: `GET ${path}`,
    part: entry,
    startMs,
    durationMs: ms,
    spans: spans.length,
    errors: failed ? 3 : 0,
    parts: [
      { part: entry, ms: ms * 0.08 },
      { part: service, ms: ms * 0.2 },
      ...stores.map((part) => ({ part, ms: ms * 0.36 })),
    ],
    httpStatus: Number(status),
    incomplete: false,
  };
  return { summary, spans, dropped: 0 };
}

/** Finds traces, as the API does. */
export function tracesFor(system: MadeUpSystem, query: TraceQuery, nowMs: number): TraceSummary[] {
  const toMs = Math.min(query.toMs ?? nowMs, nowMs);
  const fromMs = Math.max(query.fromMs ?? 0, system.startedMs, toMs - TRACES_MAX * EVERY_MS);
  const found: TraceSummary[] = [];
  for (let step = Math.floor(toMs / EVERY_MS); step * EVERY_MS >= fromMs; step--) {
    const { summary } = makeTrace(system, step);
    if (query.status && (query.status === "error") !== summary.errors > 0) continue;
    if (query.part && !summary.parts.some(({ part }) => part === query.part)) continue;
    if (query.minMs !== undefined && summary.durationMs < query.minMs) continue;
    if (query.maxMs !== undefined && summary.durationMs > query.maxMs) continue;
    if (query.text && !summary.name.toLowerCase().includes(query.text.toLowerCase())) continue;
    found.push(summary);
  }
  if (query.sort === "duration") found.sort((one, other) => other.durationMs - one.durationMs);
  return found.slice(0, query.limit ?? 100);
}
