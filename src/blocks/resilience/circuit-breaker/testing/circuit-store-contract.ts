import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { CircuitStore } from "../circuit-store.ts";

/** A store to be tested, and how time passes for it. */
export interface StoreUnderTest {
  readonly store: CircuitStore;
  pass(ms: number): Promise<void>;
  close?(): Promise<void>;
}

/** What every store promises to circuit breakers. */
export function circuitStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  suite(`a circuit store: ${name}`, () => {
    test("what was set is got until its time is over, and then there is nothing", async () => {
      const { store, pass, close } = await open();
      assert.equal(await store.get("state"), null);
      assert.equal(await store.set("state", "open x 5000", 40), true);
      assert.equal(await store.get("state"), "open x 5000");
      assert.equal(await store.set("state", "closed x", 40), true);
      assert.equal(await store.get("state"), "closed x");
      assert.equal(await store.get("other"), null);
      await pass(60);
      assert.equal(await store.get("state"), null);
      await close?.();
    });

    test("of all who set where there is nothing, one does, and the next once its time is over", async () => {
      const { store, pass, close } = await open();
      const claim = () => store.set("claim", "1", 40, { onlyIfAbsent: true });
      const claims = await Promise.all([claim(), claim(), claim(), claim()]);
      assert.equal(claims.filter((isSet) => isSet).length, 1);
      assert.equal(await claim(), false);
      await pass(60);
      assert.equal(await claim(), true);
      await close?.();
    });
  });
}
