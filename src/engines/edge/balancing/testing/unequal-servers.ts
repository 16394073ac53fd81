import type { Random } from "../../../../blocks/time/index.ts";
import type { Balancer } from "../balancer.ts";
import { Member } from "./member.ts";

/** How an upstream of unequal servers is put under load. */
export interface UnequalServers {
  /** How many times as long as the first server each takes. */
  readonly slowness: readonly number[];
  /** What the first server takes for a request on average; the times are exponential. */
  readonly meanMs: number;
  /** Requests that each server works on at once; the others wait in line. */
  readonly workers: number;
  /** Between two arrivals, on average; exponential as well. */
  readonly arrivalMs: number;
  readonly requests: number;
}

interface Server {
  readonly member: Member;
  readonly meanMs: number;
  /** When each of its workers is free. */
  readonly freeMs: number[];
}

/**
 * Sends requests to unequal servers through a balancer, on a clock of its own, and returns how long each took, shortest first.
 * The balancer sees what an edge would show it: what is under way, and how long answers took.
 */
export function simulate(balancer: Balancer<Member>, load: UnequalServers, random: Random): number[] {
  const exponential = (meanMs: number) => -Math.log(1 - random()) * meanMs;
  const servers = load.slowness.map((times, at): Server => {
    const member = new Member(`server.${at + 1}`);
    return { member, meanMs: load.meanMs * times, freeMs: Array(load.workers).fill(0) };
  });
  balancer.replace(servers.map(({ member }) => member));
  /** Of what is under way. */
  let ends: { member: Member; beganMs: number; endMs: number }[] = [];
  const tookMs: number[] = [];
  let nowMs = 0;
  for (let request = 0; request < load.requests; request++) {
    nowMs += exponential(load.arrivalMs);
    const over = ends.filter(({ endMs }) => endMs <= nowMs).sort((one, other) => one.endMs - other.endMs);
    ends = ends.filter(({ endMs }) => endMs > nowMs);
    for (const { member, beganMs, endMs } of over) {
      member.inFlight -= 1;
      balancer.answered?.(member, endMs - beganMs, endMs);
    }
    const member = balancer.pick({ nowMs, hash: undefined });
    const server = servers.find((one) => one.member === member);
    if (!member || !server) throw new Error("nobody was picked");
    const worker = server.freeMs.indexOf(Math.min(...server.freeMs));
    const endMs = Math.max(nowMs, server.freeMs[worker] ?? 0) + exponential(server.meanMs);
    server.freeMs[worker] = endMs;
    member.inFlight += 1;
    ends.push({ member, beganMs: nowMs, endMs });
    tookMs.push(endMs - nowMs);
  }
  return tookMs.sort((one, other) => one - other);
}
