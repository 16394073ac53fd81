/** What a configuration may say of an upstream. Pure. */

import { MAGLEV_MEMBERS_MAX } from "../balancing/maglev-table.ts";
import type {
  BreakerConfig,
  EndpointConfig,
  HealthCheckConfig,
  OutlierConfig,
  UpstreamBoundsConfig,
  UpstreamConfig,
} from "../config/index.ts";
import { problemsOfAnswer } from "../routing/action-problems.ts";
import { isRecord, placeOf, type RouteProblem } from "../routing/route-problem.ts";
import { affinity, balance } from "./balance-shape.ts";
import { host } from "./listener-shape.ts";
import {
  choice,
  list,
  milliseconds,
  record,
  type Shape,
  share,
  shown,
  someShare,
  text,
  upstreamName,
  whole,
  wrong,
} from "./shape.ts";
import { upstreamTls } from "./tls-shape.ts";

const ENDPOINT = '{ "id": "api.1", "host": "127.0.0.1", "port": 4001 }';
/** Text without the characters that would end a line of a log or a message. */
const line = (mend: string) => text(/^[\x20-\x7e]+$/, mend);

const endpoint = record<EndpointConfig>(
  ENDPOINT,
  { id: line("write a name, as in api.1"), host, port: whole(1, 65_535), weight: whole(1, 1_000) },
  ["id", "host", "port"],
);

const health = record<HealthCheckConfig>(
  '{ "path": "/healthz" }',
  {
    kind: choice("http", "tcp"),
    path: text(/^\/[\x21-\x7e]*$/, "write a path, as in /healthz"),
    host: text(/^[\x21-\x7e]+$/, "write a host, as in api.example.com", 262),
    statuses: list(whole(200, 599), "[200, 204]", 1),
    bodyIncludes: text(/^[\s\S]+$/, "write what the answer has to contain, or leave it out"),
    intervalMs: milliseconds(1),
    timeoutMs: milliseconds(1),
    unhealthyAfter: whole(1),
    healthyAfter: whole(1),
  },
  [],
  (config, place) =>
    config.kind !== "tcp"
      ? []
      : (["path", "host", "statuses", "bodyIncludes"] as const)
          .filter((name) => config[name] !== undefined)
          .map((name) =>
            wrong(`${place}.${name}`, "does nothing, since tcp only connects", 'leave it out, or use "http"'),
          ),
);

const outliers = record<OutlierConfig>(
  '{ "consecutiveErrors": 5 }',
  {
    consecutiveErrors: whole(0),
    failureShare: share,
    minimumRequests: whole(1),
    intervalMs: milliseconds(1),
    ejectionMs: milliseconds(1),
    maxEjectionMs: milliseconds(1),
    maxEjectedShare: share,
  },
  [],
  ({ ejectionMs = 30_000, maxEjectionMs = 300_000 }, place) =>
    ejectionMs <= maxEjectionMs
      ? []
      : [
          wrong(
            `${place}.ejectionMs`,
            `is longer than maxEjectionMs, ${maxEjectionMs}`,
            "raise that one too",
          ),
        ],
);

const bounds = record<UpstreamBoundsConfig>(
  '{ "connections": 100 }',
  {
    connections: whole(1),
    pending: whole(0),
    pendingMs: milliseconds(1),
    requests: whole(1),
    requestsPerConnection: whole(1),
  },
  [],
);

function breaker(isUpstream: (name: string) => boolean): Shape {
  const fallbackTo = record<{ readonly to: string }>('{ "to": "spare" }', { to: upstreamName(isUpstream) }, [
    "to",
  ]);
  const fallbackAnswer = record<{ readonly answer: object }>(
    '{ "answer": { "status": 503 } }',
    { answer: problemsOfAnswer },
    ["answer"],
  );
  return record<BreakerConfig>(
    '{ "failureShare": 0.5 }',
    {
      failureShare: someShare,
      minimumRequests: whole(1),
      intervalMs: milliseconds(1),
      openMs: milliseconds(1),
      trials: whole(1),
      fallback: (value, place) =>
        isRecord(value) && Object.hasOwn(value, "answer") && !Object.hasOwn(value, "to")
          ? fallbackAnswer(value, place)
          : fallbackTo(value, place),
    },
    [],
  );
}

/** One upstream. */
export function upstream(isUpstream: (name: string) => boolean): Shape {
  const endpoints = list(endpoint, `[${ENDPOINT}]`);
  return record<UpstreamConfig>(
    `{ "endpoints": [${ENDPOINT}] }`,
    {
      endpoints: (value, place) => [...endpoints(value, place), ...problemsOfIds(value, place)],
      protocol: choice("http1", "http2"),
      tls: upstreamTls,
      sendProxy: choice("v1", "v2"),
      balance,
      affinity,
      health,
      outliers: (value, place) => (value === false ? [] : outliers(value, place)),
      panicShare: share,
      slowStartMs: milliseconds(0),
      bounds,
      breaker: breaker(isUpstream),
    },
    ["endpoints"],
    (config, place) => {
      const problems: RouteProblem[] = [];
      if (config.sendProxy && config.protocol === "http2")
        problems.push(
          wrong(
            `${place}.sendProxy`,
            "cannot go with http2, whose connections clients share",
            'leave one out, or use "http1"',
          ),
        );
      if (config.balance?.algorithm === "consistent-hash" && config.endpoints.length > MAGLEV_MEMBERS_MAX)
        problems.push(
          wrong(
            `${place}.endpoints`,
            `has more than the ${MAGLEV_MEMBERS_MAX} that a table can hold`,
            'use "ip-hash", or fewer',
          ),
        );
      return problems;
    },
  );
}

/** Upstreams whose fallbacks lead in a circle: while all are open, nobody would answer. `upstreams` may be anything. */
export function problemsOfFallbacks(upstreams: unknown, place: string): RouteProblem[] {
  if (!isRecord(upstreams)) return [];
  const problems: RouteProblem[] = [];
  const done = new Set<string>();
  for (const name of Object.keys(upstreams)) {
    const way: string[] = [];
    for (
      let at: string | undefined = name;
      at !== undefined && !done.has(at);
      at = fallbackOf(upstreams, at)
    ) {
      if (way.includes(at)) {
        const circle = [...way.slice(way.indexOf(at)), at].map(shown).join(" → ");
        const here = `${placeOf(place, at)}.breaker.fallback.to`;
        problems.push(wrong(here, `leads in a circle, ${circle}`, "end it with an answer, or with none"));
        break;
      }
      way.push(at);
    }
    for (const passed of way) done.add(passed);
  }
  return problems;
}

function fallbackOf(upstreams: Record<string, unknown>, name: string): string | undefined {
  let value: unknown = upstreams;
  for (const key of [name, "breaker", "fallback", "to"]) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return typeof value === "string" ? value : undefined;
}

function problemsOfIds(endpoints: unknown, place: string): RouteProblem[] {
  const seen = new Set<unknown>();
  return (Array.isArray(endpoints) ? endpoints : []).flatMap((one: unknown, at) => {
    if (!isRecord(one) || typeof one.id !== "string") return [];
    const again = seen.has(one.id);
    seen.add(one.id);
    return again
      ? [wrong(`${place}[${at}].id`, "is that of one before it too", "give each an id of its own")]
      : [];
  });
}
