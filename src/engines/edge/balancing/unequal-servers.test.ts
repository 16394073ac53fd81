import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { BalanceConfig } from "../config/index.ts";
import { balancerOf } from "./balancers.ts";
import type { Member } from "./testing/member.ts";
import { simulate, type UnequalServers } from "./testing/unequal-servers.ts";

/** One server takes twice as long as the first, one ten times: together they do 640 requests per second. */
const SERVERS = { slowness: [1, 2, 10], meanMs: 10, workers: 4, requests: 6_000 };

type Algorithm = Exclude<BalanceConfig["algorithm"], "consistent-hash">;

function p99Of(algorithm: Algorithm, load: UnequalServers, seed: number): number {
  const tookMs = simulate(
    balancerOf<Member>({ algorithm }, seededRandom(seed)),
    load,
    seededRandom(seed + 1),
  );
  return tookMs[Math.floor(tookMs.length * 0.99)] ?? 0;
}

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: at half of what unequal servers can do, turns and lots drown the slowest, and nobody else does`, () => {
    const load = { ...SERVERS, arrivalMs: 3.2 };
    const p99 = (algorithm: Algorithm) => p99Of(algorithm, load, seed);
    const blind = Math.min(p99("round-robin"), p99("random"));
    const counting = Math.max(p99("least-connections"), p99("power-of-two"));
    const timing = p99("least-response-time");
    assert.ok(counting < blind / 20, `${counting} ms by what is under way, ${blind} ms without looking`);
    assert.ok(timing < counting, `${timing} ms by time, ${counting} ms by what is under way`);
  });

  test(`seed ${seed}: round robin has the worst p99 where the slowest server just keeps up, too`, () => {
    const load = { ...SERVERS, arrivalMs: 10 };
    const turns = p99Of("round-robin", load, seed);
    for (const algorithm of ["least-connections", "power-of-two", "least-response-time"] as const) {
      const p99 = p99Of(algorithm, load, seed);
      assert.ok(p99 < turns, `${algorithm}: ${p99} ms, turns: ${turns} ms`);
    }
  });
}
