import type { EdgeConfig } from "../config/index.ts";

/** Workers that an edge has at most. */
export const WORKERS_MAX = 64;

/**
 * How many workers serve a configuration. Datagrams of one client have to meet one process, since what is known of a session
 * is known there alone: an edge for nothing else has one worker. Pure.
 */
export function workersOf({ workers = 1, listeners }: EdgeConfig): number {
  return listeners.some(({ kind }) => kind !== "udp") ? Math.min(workers, WORKERS_MAX) : 1;
}

/** What one of the workers, from 1, is told of the whole: no server for operators, no metrics of its own to send, and only the first takes datagrams. */
export function configOfWorker(config: EdgeConfig, worker: number): EdgeConfig {
  const { admin: _, telemetry, ...rest } = config;
  const listeners = worker === 1 ? config.listeners : config.listeners.filter(({ kind }) => kind !== "udp");
  // Each tells of its own requests; what they add up to is told by the primary.
  const traced = telemetry ? { telemetry: { ...telemetry, metricsIntervalMs: 0 } } : {};
  return { ...rest, ...traced, listeners, workers: 1 };
}
