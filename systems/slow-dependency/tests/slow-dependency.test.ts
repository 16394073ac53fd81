import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Arrivals, type Seen } from "./arrivals.ts";
import { runService } from "./running-service.ts";

/*
 * Prices take a hundred times as long for four seconds, while visitors go on coming. What they see is compared with policies
 * around the calls for prices, and without. The figures stand in the README.
 */

const PER_SECOND = 200;
/** A visitor leaves after this. */
const PATIENCE_MS = 2_000;
const WELL_MS = 2_000;
const SLOW_MS = 4_000;
const AFTER_MS = 7_000;
const FACTOR = 100;
/** What others do to this machine meanwhile is not what is promised: a measurement that they spoil is made again. */
const TRIES_MAX = 3;
/** As in `shop/service.ts`: the breaker tries again after this, by a call that may take 100 ms. */
const OPEN_MS = 1_000;

interface Outcome {
  readonly requests: number;
  /** Of those during the fault: no answer in time, or an error. */
  readonly failedShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the end of the fault until the first second in which 99 of 100 visitors get a fresh price at once again. */
  readonly recoveryMs: number;
}

async function outcomeWith(policies: "on" | "off"): Promise<Outcome> {
  await using prices = await runService("prices/service.ts");
  await using shop = await runService("shop/service.ts", { PRICES_URL: prices.url, POLICIES: policies });
  const slow = (factor: number) => fetch(`${prices.url}/slowness?factor=${factor}`, { method: "POST" });
  const arrivals = new Arrivals(`${shop.url}/`, { perSecond: PER_SECOND, patienceMs: PATIENCE_MS });
  arrivals.start();
  await sleep(WELL_MS);
  const fromMs = arrivals.nowMs;
  await slow(FACTOR);
  await sleep(SLOW_MS);
  const untilMs = arrivals.nowMs;
  await slow(1);
  await sleep(AFTER_MS);
  await arrivals.stop();
  return judge(arrivals.seen, fromMs, untilMs);
}

function judge(seen: readonly Seen[], fromMs: number, untilMs: number): Outcome {
  const during = seen.filter(({ dueMs }) => dueMs >= fromMs && dueMs < untilMs);
  const latencies = during.map(({ latencyMs }) => latencyMs).sort((one, other) => one - other);
  const percentile = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? 0;
  return {
    requests: seen.length,
    failedShare: during.filter(({ status }) => status !== 200).length / during.length,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    recoveryMs: recoveryOf(seen, untilMs),
  };
}

function recoveryOf(seen: readonly Seen[], untilMs: number): number {
  let afterMs = 0;
  for (; afterMs < AFTER_MS - 1_000; afterMs += 20) {
    const fromMs = untilMs + afterMs;
    const second = seen.filter(({ dueMs }) => dueMs >= fromMs && dueMs < fromMs + 1_000);
    if (second.filter(isGood).length >= second.length * 0.99) break;
  }
  return afterMs;
}

function isGood({ status, body, latencyMs }: Seen): boolean {
  return status === 200 && latencyMs < 500 && (JSON.parse(body) as { fresh: boolean }).fresh;
}

test("with policies a dependency a hundred times as slow costs freshness; without, it costs the service", async (t) => {
  for (let tries = 1; ; tries++) {
    const outcomes = { with: await outcomeWith("on"), without: await outcomeWith("off") };
    for (const [name, one] of Object.entries(outcomes)) {
      const figures = Object.entries(one).map(([what, value]) => `${what} ${Number(value.toPrecision(3))}`);
      t.diagnostic(`${name}: ${figures.join(", ")}`);
    }
    try {
      return holds(outcomes);
    } catch (thrown) {
      if (tries === TRIES_MAX) throw thrown;
    }
  }
});

function holds({
  with: guarded,
  without: bare,
}: {
  readonly with: Outcome;
  readonly without: Outcome;
}): void {
  assert.ok(guarded.failedShare <= 0.001, `failed with policies: ${guarded.failedShare}`);
  assert.ok(guarded.p99Ms <= 350, `p99 with policies: ${guarded.p99Ms} ms`);
  assert.ok(guarded.recoveryMs <= OPEN_MS + 500, `recovery with policies: ${guarded.recoveryMs} ms`);
  // The collapse: nearly nobody is served, and for seconds after the fault visitors wait for answers to those who left.
  assert.ok(bare.failedShare >= 0.7, `failed without: ${bare.failedShare}`);
  assert.ok(bare.p99Ms >= PATIENCE_MS * 0.9, `p99 without: ${bare.p99Ms} ms`);
  assert.ok(bare.recoveryMs >= 2 * guarded.recoveryMs, `recovery without: ${bare.recoveryMs} ms`);
}
