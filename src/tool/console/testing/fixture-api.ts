import type { LogQuery, MetricQuery, Reading, TraceQuery } from "../../control-api/index.ts";
import { act, actionsOf, runsOf, viewsOf } from "./made-up/doings.ts";
import { figuresAt, marksOf, requirementsAt } from "./made-up/figures.ts";
import { hotAnswer } from "./made-up/hot-keys.ts";
import { linksAnswer } from "./made-up/link-tables.ts";
import { logsFor } from "./made-up/logs.ts";
import { answerOf, heatmapOf, metricInfos } from "./made-up/metrics.ts";
import { type MadeUpSystem, snapshotOf } from "./made-up/system.ts";
import { traceOf, tracesFor } from "./made-up/traces.ts";

interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** Answers one question of the control API about a made-up system. */
export function answerApi(
  system: MadeUpSystem,
  method: string,
  url: URL,
  body: string,
  nowMs: number,
): ApiAnswer {
  // An earlier run is the same system, which was there then.
  if (url.pathname.startsWith("/v1/runs/")) system = { ...system, startedMs: 0 };
  const path = url.pathname.replace(/^\/v1\/runs\/[^/]+\/(metrics|marks|requirements)/, "/v1/$1");
  const of = /^\/v1\/parts\/([^/]+)\/(actions|views|data)(?:\/([^/]+))?$/.exec(path);
  if (of) return answerPart(system, method, of, body);
  if (method !== "GET") return refused(405, "BAD_METHOD", "Only GET is known here");
  const trace = /^\/v1\/traces\/([^/]+)$/.exec(path)?.[1];
  if (trace) {
    const found = traceOf(system, trace);
    return found ? ok(found) : refused(404, "NO_TRACE", `No trace ${trace} is kept`);
  }
  const read = READS[path];
  return read
    ? ok(read(system, url.searchParams, nowMs))
    : refused(404, "NOT_FOUND", `Nothing is at ${path}`);
}

type Read = (system: MadeUpSystem, params: URLSearchParams, nowMs: number) => unknown;

const READS: Readonly<Record<string, Read>> = {
  "/v1/system": snapshotOf,
  "/v1/design": (system) => system.model,
  "/v1/figures": (system, _params, nowMs) => figuresAt(system, nowMs),
  "/v1/requirements": (system, _params, nowMs) => ({ data: requirementsAt(system, nowMs) }),
  "/v1/marks": (system) => ({ data: marksOf(system) }),
  "/v1/metrics": (system, params) => ({ data: metricInfos(system, params.get("part") ?? undefined) }),
  "/v1/metrics/query": (system, params) => answerOf(system, metricQuery(params)),
  "/v1/metrics/heatmap": (system, params) => heatmapOf(system, metricQuery(params)),
  "/v1/traces": (system, params, nowMs) => ({ data: tracesFor(system, traceQuery(params), nowMs) }),
  "/v1/logs/search": (system, params, nowMs) => logsFor(system, logQuery(params), nowMs),
  "/v1/runs": (system, _params, nowMs) => ({ data: runsOf(system, nowMs) }),
};

function answerPart(system: MadeUpSystem, method: string, found: RegExpExecArray, body: string): ApiAnswer {
  const [, name = "", what, id] = found;
  const part = system.model.parts.find((one) => one.name === decodeURIComponent(name));
  if (!part) return refused(404, "NO_PART", `No part has the name ${name}`);
  if (what === "views") return ok({ data: viewsOf(part) });
  if (what === "data") {
    const answer = part.kind === "cache" ? hotAnswer : linksAnswer;
    const found = answer(id ?? "", JSON.parse(body || "{}"));
    return found
      ? ok(found)
      : refused(409, "NOT_POSSIBLE", `${part.name} has no such key, or has it no more`);
  }
  if (method === "GET") return ok({ data: actionsOf(system, part) });
  return ok(act(system, part.name, id ?? "", JSON.parse(body || "{}")));
}

function metricQuery(params: URLSearchParams): MetricQuery {
  const where = Object.fromEntries(
    [...params].filter(([name]) => name.startsWith("where.")).map(([name, value]) => [name.slice(6), value]),
  );
  return {
    name: params.get("name") ?? "",
    as: (params.get("as") ?? "value") as Reading,
    ...texts(params, ["part", "replica", "by"]),
    where,
    fromMs: Number(params.get("fromMs")),
    toMs: Number(params.get("toMs")),
    points: Number(params.get("points") ?? 300),
  };
}

function traceQuery(params: URLSearchParams): TraceQuery {
  return {
    ...texts(params, ["part", "peer", "status", "text", "sort"]),
    ...numbers(params, ["minMs", "maxMs", "fromMs", "toMs", "limit"]),
  } as TraceQuery;
}

function logQuery(params: URLSearchParams): LogQuery {
  return {
    parts: [...params.getAll("part"), ...params.getAll("parts")],
    ...texts(params, ["replica", "level", "text", "traceId"]),
    ...numbers(params, ["fromMs", "toMs", "before", "limit"]),
  } as LogQuery;
}

function texts(params: URLSearchParams, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name);
      return value ? [[name, value]] : [];
    }),
  );
}

function numbers(params: URLSearchParams, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(texts(params, names)).map(([name, value]) => [name, Number(value)]),
  );
}

function ok(json: unknown): ApiAnswer {
  return { status: 200, json };
}

function refused(status: number, code: string, message: string): ApiAnswer {
  return { status, json: { error: { code, message } } };
}
