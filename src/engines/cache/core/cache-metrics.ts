/**
 * What a cache tells a collector: by the names of the OpenTelemetry Collector's Redis receiver
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/redisreceiver) where that has one. Pure.
 */

import type { Attributes, Exemplar, MetricData, NumberPoint } from "../../../blocks/telemetry/otlp/model.ts";
import type { Engine } from "./engine.ts";
import { COMMAND_BOUNDS_S, type User } from "./users.ts";

/** Of which time the numbers are, in whole microseconds since the Unix epoch. */
export interface MetricTimes {
  readonly startUs: number;
  readonly timeUs: number;
}

const NO_EXEMPLARS: readonly Exemplar[] = Object.freeze([]);
const NOBODY: Attributes = Object.freeze({});

/** All metrics of a cache, those by user (`trestle.user`) among them. Counters are cumulative; CONFIG RESETSTAT begins some of them anew. */
export function cacheMetrics(engine: Engine, times: MetricTimes): MetricData[] {
  const { store, stats, evictor, sessions } = engine;
  const users = [...engine.users.values()].filter(({ name, commands }) => name !== "default" || commands > 0);
  const of = users.map(({ name }): Attributes => ({ "trestle.user": name }));
  const byUser = (value: (user: User) => number) =>
    users.map((user, at) => point(value(user), of[at] ?? NOBODY, times));
  const one = (value: number) => [point(value, NOBODY, times)];
  const usedPeak = Math.max(stats.usedBytesPeak, store.usedBytes);
  return [
    sum(
      "redis.commands.processed",
      "{command}",
      "Commands carried out.",
      byUser(({ commands }) => commands),
    ),
    sum(
      "redis.keyspace.hits",
      "{hit}",
      "Reads of keys that were there.",
      byUser(({ hits }) => hits),
    ),
    sum(
      "redis.keyspace.misses",
      "{miss}",
      "Reads of keys that were not there.",
      byUser(({ misses }) => misses),
    ),
    gauge(
      "trestle.cache.user.connections",
      "{connection}",
      "Open connections, by user.",
      byUser(({ connections }) => connections),
    ),
    durations(users, of, times),
    gauge("redis.clients.connected", "{client}", "Open connections.", one(sessions.size)),
    sum("redis.connections.received", "{connection}", "Connections that came.", one(stats.connections)),
    sum(
      "redis.connections.rejected",
      "{connection}",
      "Connections refused since there were too many.",
      one(stats.refusedConnections),
    ),
    gauge("redis.memory.used", "By", "Memory of keys, values and their bookkeeping.", one(store.usedBytes)),
    gauge("redis.memory.peak", "By", "The most that it has been.", one(usedPeak)),
    gauge("redis.maxmemory", "By", "The bound on it.", one(engine.memoryBytes)),
    gauge("redis.db.keys", "{key}", "Keys.", one(store.size)),
    gauge("redis.db.expires", "{key}", "Keys that will expire.", one(store.deadlines.size)),
    sum("redis.keys.evicted", "{key}", "Keys removed for want of memory.", one(evictor.evictedKeys)),
    sum("redis.keys.expired", "{key}", "Keys whose time was up.", one(store.expiredKeys)),
    sum("redis.net.input", "By", "Bytes from clients.", one(stats.inputBytes)),
    sum("redis.net.output", "By", "Bytes to clients.", one(stats.outputBytes)),
    sum("trestle.cache.errors", "{error}", "Commands that were refused.", one(stats.errors)),
  ];
}

function durations(
  users: readonly User[],
  of: readonly Attributes[],
  { startUs, timeUs }: MetricTimes,
): MetricData {
  return {
    name: "redis.command.duration",
    unit: "s",
    description: "Time that commands take, estimated from a share of them.",
    kind: "histogram",
    temporality: "cumulative",
    points: users.map((user, at) => ({
      attributes: of[at] ?? NOBODY,
      startUs,
      timeUs,
      exemplars: NO_EXEMPLARS,
      count: user.durations.reduce((total, count) => total + count, 0),
      sum: user.durationSumMs / 1_000,
      bounds: COMMAND_BOUNDS_S,
      counts: [...user.durations],
    })),
  };
}

function sum(name: string, unit: string, description: string, points: readonly NumberPoint[]): MetricData {
  return { name, unit, description, kind: "sum", temporality: "cumulative", monotonic: true, points };
}

function gauge(name: string, unit: string, description: string, points: readonly NumberPoint[]): MetricData {
  return { name, unit, description, kind: "gauge", points };
}

function point(value: number, attributes: Attributes, { startUs, timeUs }: MetricTimes): NumberPoint {
  return { attributes, startUs, timeUs, value, exemplars: NO_EXEMPLARS };
}
