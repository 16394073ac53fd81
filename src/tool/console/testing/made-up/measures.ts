import type { MadeUpSystem } from "./system.ts";

/**
 * What would have been measured at any moment: waves and a little noise, by name and time alone, so that charts, figures and requirements
 * tell the same story whenever they are asked.
 */

/** A number from 0 to 1 that hangs on a name and a step of time alone (FNV-1a, and two rounds of mixing). */
export function noise(name: string, step: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (step | 0), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4_294_967_296;
}

/** Whether the death, and what it did, is going on. */
export function isHurt(system: MadeUpSystem, timeMs: number): boolean {
  return timeMs >= system.deathMs && timeMs < system.deathMs + 20_000;
}

/** Requests per second of a part, or of a link (named `from→to`). */
export function rateAt(name: string, timeMs: number): number {
  const base = 40 + noise(name, 0) * 900;
  const wave = Math.sin(timeMs / 170_000 + noise(name, 1) * 6) * 0.25 + Math.sin(timeMs / 23_000) * 0.06;
  return base * (1 + wave + (noise(name, Math.floor(timeMs / 2_000)) - 0.5) * 0.08);
}

/** The share of requests that failed. */
export function errorShareAt(system: MadeUpSystem, name: string, timeMs: number): number {
  if (isHurt(system, timeMs)) return 0.08 + noise(name, Math.floor(timeMs / 3_000)) * 0.06;
  return noise(name, Math.floor(timeMs / 40_000)) > 0.8 ? 0.0006 : 0;
}

/** A percentile of the latency in milliseconds: log-normal, slower while it is hurt. */
export function latencyMsAt(system: MadeUpSystem, name: string, timeMs: number, rank: number): number {
  const middle = 0.8 + noise(name, 7) * 9;
  const width = 0.55 + noise(name, 8) * 0.35;
  const slow = (isHurt(system, timeMs) ? 4.5 : 1) * (1 + Math.sin(timeMs / 61_000 + noise(name, 9)) * 0.12);
  return (
    middle * slow * Math.exp(width * normalAt(rank)) * (0.96 + noise(name, Math.floor(timeMs / 3_000)) * 0.08)
  );
}

/** The inverse of the normal distribution, by the logistic that is near it. */
function normalAt(rank: number): number {
  return Math.log(rank / (1 - rank)) / 1.702;
}

/** Processors in use of a replica. */
export function cpuAt(replica: string, timeMs: number): number {
  return Math.max(
    0.002,
    0.12 +
      noise(replica, 3) * 0.35 +
      Math.sin(timeMs / 170_000) * 0.08 +
      (noise(replica, Math.floor(timeMs / 2_000)) - 0.5) * 0.04,
  );
}

/** Resident bytes of a replica: a saw's teeth, as collectors make them. */
export function memoryAt(replica: string, timeMs: number): number {
  const tooth = ((timeMs / 1_000 + noise(replica, 5) * 90) % 90) / 90;
  return (48 + noise(replica, 4) * 60 + tooth * 14) * 2 ** 20;
}
