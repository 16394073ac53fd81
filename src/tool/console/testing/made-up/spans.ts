import type { SpanView, TraceView } from "../../../control-api/index.ts";
import { isHurt, noise } from "./measures.ts";
import type { MadeUpSystem } from "./system.ts";

/** What a request through the made-up system left behind: from the entry to a service, and from there to its stores. */
export interface RequestScene {
  readonly system: MadeUpSystem;
  readonly traceId: string;
  readonly startMs: number;
  /** A number that tells this request from the others. */
  readonly step: number;
}

type Made = Pick<SpanView, "name" | "part" | "kind"> & Partial<SpanView>;

/** The spans of one request. */
export function requestSpans({ system, traceId, startMs, step }: RequestScene): SpanView[] {
  const failed = isHurt(system, startMs) || noise("failed", step) > 0.97;
  const ms = 2 + noise("ms", step) ** 4 * 180 * (failed ? 3 : 1);
  const spans: SpanView[] = [];
  const add = (parent: SpanView | undefined, at: number, share: number, made: Made): SpanView => {
    const span: SpanView = {
      spanId: `${traceId.slice(-8)}${String(spans.length).padStart(8, "0")}`,
      ...(parent ? { parentSpanId: parent.spanId } : {}),
      startMs: startMs + ms * at,
      durationMs: ms * share,
      error: false,
      attributes: {},
      events: [],
      links: [],
      ...made,
    };
    spans.push(span);
    return span;
  };
  const entry = system.model.parts.findLast(({ kind }) => kind === "edge")?.name ?? "";
  const service = system.links.find(({ from }) => from === entry)?.to ?? "";
  const stores = system.links.filter(({ from }) => from === service).map(({ to }) => to);
  const path = PATHS[step % PATHS.length] ?? "/";
  const status = failed ? "503" : "302";
  const http = { "http.request.method": "GET", "url.path": path, "http.response.status_code": status };
  const own = { part: service, replica: `${service}.${(step % 2) + 1}` };
  const root = add(undefined, 0, 1, {
    name: `GET ${path}`,
    part: entry,
    kind: "server",
    error: failed,
    attributes: http,
  });
  const call = add(root, 0.02, 0.96, {
    name: "GET",
    part: entry,
    kind: "client",
    peer: service,
    error: failed,
    attributes: http,
  });
  // Its clock goes three milliseconds behind the edge's in one request of seven.
  const skewMs = step % 7 === 0 ? -3 : 0;
  const serve = add(call, 0.04, 0.92, {
    name: "GET /:code",
    ...own,
    kind: "server",
    error: failed,
    attributes: {
      "http.route": "/:code",
      "user_agent.original": 'curl/8.5 <script>document.title="taken"</script>',
    },
  });
  const [database, cache] = stores;
  if (cache)
    add(serve, 0.08, 0.1, { name: "GET", ...own, kind: "client", peer: cache, attributes: redis("GET") });
  add(serve, 0.19, 0.03, {
    name: "validate code",
    ...own,
    kind: "internal",
    events: [
      { timeMs: startMs + ms * 0.2, name: "code is well formed", attributes: { code: path.slice(1) } },
    ],
  });
  if (database) {
    add(serve, 0.24, 0.48, {
      name: "SELECT links",
      ...own,
      kind: "client",
      peer: database,
      error: failed,
      ...(failed
        ? { statusMessage: "connection terminated unexpectedly", events: [exceptionAt(startMs + ms * 0.7)] }
        : {}),
      attributes: {
        "db.system.name": "postgresql",
        "db.query.text": "select url, title, expires_at from links where code = $1",
        "server.address": "127.0.0.1",
        "server.port": "5432",
      },
    });
  }
  if (cache && !failed) {
    add(serve, 0.74, 0.12, { name: "SET", ...own, kind: "client", peer: cache, attributes: redis("SET") });
    add(serve, 0.73, 0.08, { name: "count click", ...own, kind: "internal" });
    add(serve, 0.84, 0.4, {
      name: "click written",
      ...own,
      kind: "consumer",
      links: [
        {
          traceId: `${"5eed".repeat(4)}${(step - 1).toString(16).padStart(16, "0")}`,
          spanId: "00000000000000a1",
        },
      ],
    });
  }
  return spans.map((span) => (span.part === service ? shifted(span, skewMs) : span));
}

function shifted(span: SpanView, byMs: number): SpanView {
  const events = span.events.map((event) => ({ ...event, timeMs: event.timeMs + byMs }));
  return { ...span, startMs: span.startMs + byMs, events };
}

const PATHS = ["/chacha", "/conf26", "/spring-sale"];

function redis(command: string): Record<string, string> {
  return { "db.system.name": "redis", "db.query.text": `${command} link:?` };
}

function exceptionAt(timeMs: number): SpanView["events"][number] {
  return {
    timeMs,
    name: "exception",
    attributes: {
      "exception.type": "ConnectionLost",
      "exception.message": "connection terminated unexpectedly",
      "exception.stacktrace":
        "ConnectionLost: connection terminated unexpectedly\n    at Pool.query (file:///srv/shortener/pool.ts:88:13)\n    at async findLink (file:///srv/shortener/links.ts:31:18)\n    at async redirect (file:///srv/shortener/service.ts:52:16)",
    },
  };
}

/** A trace at the bound: one request that asks for each of two thousand things by itself. */
export function longTrace(system: MadeUpSystem, traceId: string, startMs: number, count = 2_000): TraceView {
  const part = system.model.parts.find(({ kind }) => kind === "service")?.name ?? "";
  const spans = Array.from({ length: count }, (_, at): SpanView => {
    const isRoot = at === 0;
    return {
      spanId: at.toString(16).padStart(16, "0"),
      ...(isRoot
        ? {}
        : { parentSpanId: (at % 10 === 1 ? 0 : at - ((at - 1) % 10)).toString(16).padStart(16, "0") }),
      name: isRoot ? "GET /everything" : at % 10 === 1 ? "page of links" : "SELECT links",
      part,
      replica: `${part}.1`,
      kind: isRoot ? "server" : at % 10 === 1 ? "internal" : "client",
      startMs: startMs + at * 0.5,
      durationMs: isRoot ? count * 0.5 + 1 : at % 10 === 1 ? 5 : 0.4,
      error: at === 777,
      attributes: { "db.query.text": `select ${at}` },
      events: [],
      links: [],
    };
  });
  const durationMs = count * 0.5 + 1;
  const summary = {
    traceId,
    name: "GET /everything",
    part,
    startMs,
    durationMs,
    spans: count,
    errors: 1,
    parts: [{ part, ms: durationMs }],
    incomplete: false,
  };
  return { summary, spans, dropped: 40 };
}
