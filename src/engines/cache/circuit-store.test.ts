import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { fromIoredis } from "../../blocks/flow/index.ts";
import { circuitStoreContract } from "../../blocks/resilience/circuit-breaker/testing/circuit-store-contract.ts";
import {
  type CircuitStore,
  circuitBreaker,
  consecutiveFailures,
  policy,
  respCircuitStore,
} from "../../blocks/resilience/index.ts";
import { SimulatedClock } from "../../blocks/time/index.ts";
import { startCache } from "./index.ts";

/** A cache on a clock that the test moves, and stores over clients of their own. */
async function startStores(count: number) {
  const clock = new SimulatedClock();
  const cache = await startCache({ port: 0, memoryBytes: 1024 * 1024, clock });
  const clients = Array.from({ length: count }, () => new Redis(cache.port));
  return {
    clock,
    stores: clients.map((client): CircuitStore => respCircuitStore(fromIoredis(client))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await cache.close();
    },
  };
}

circuitStoreContract("Trestle's cache, with ioredis", async () => {
  const cache = await startStores(1);
  const [store] = cache.stores;
  assert.ok(store);
  return { store, pass: (ms) => cache.clock.advance(ms), close: () => cache[Symbol.asyncDispose]() };
});

test("a breaker that opens is heard of by another through the cache, and so is that it closes", async () => {
  await using cache = await startStores(2);
  const { clock } = cache;
  const breakers = cache.stores.map((store) =>
    circuitBreaker({
      trip: consecutiveFailures(5),
      openMs: 1_000,
      shared: { store, key: "prices", refreshMs: 100 },
    }),
  );
  const [one, other] = breakers.map((breaker) => policy(breaker).with({ clock }));
  assert.ok(one && other);
  let isIll = true;
  const work = async () => {
    if (isIll) throw new Error("ill");
  };
  /** Lets time pass and calls be made, until the breakers are as they should be. */
  const until = async (state: string, calls: () => Promise<unknown>[]) => {
    for (let round = 0; breakers.some((breaker) => breaker.state !== state); round++) {
      assert.ok(round < 500, `${breakers.map((breaker) => breaker.state)} and not ${state}`);
      await Promise.allSettled(calls());
      await clock.advance(10);
      // What the cache answers takes turns of the event loop that no clock moves.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await other.run(() => "well");
  await Promise.allSettled(Array.from({ length: 5 }, () => one.run(work)));
  await until("open", () => [other.run(() => "well")]);
  isIll = false;
  await until("closed", () => [one.run(work), other.run(work)]);
});
