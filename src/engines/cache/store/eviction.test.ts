import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import { EVICTION_POLICIES, type EvictionPolicy, Evictor, Store } from "./index.ts";

function storeWith(policy: EvictionPolicy): { store: Store; evictor: Evictor } {
  const random = seededRandom(7);
  const store = new Store(1_000_000, { random, onChange: () => {} });
  const evictor = new Evictor(store, random);
  evictor.policy = policy;
  return { store, evictor };
}

/** 1,000 entries, one a millisecond; every second one expires, the later the sooner. */
function fill(store: Store): void {
  for (let at = 0; at < 1000; at++) {
    store.nowMs += 1;
    const slot = store.set(`key:${at}`, "x".repeat(100));
    if (at % 2 === 0) store.setDeadline(slot, store.nowMs + 1_000_000 - at * 10);
  }
}

function survivors(store: Store): number[] {
  return Array.from({ length: store.size }, (_, slot) => Number(store.keyAt(slot).slice(4)));
}

const policies = Object.keys(EVICTION_POLICIES) as EvictionPolicy[];

for (const policy of policies.filter((name) => name !== "noeviction"))
  test(`${policy} evicts down to the bound and no further than needed`, () => {
    const { store, evictor } = storeWith(policy);
    fill(store);
    const bound = Math.floor(store.usedBytes * 0.7);
    assert.equal(evictor.shrinkTo(bound), true);
    assert.ok(store.usedBytes <= bound);
    assert.ok(store.usedBytes > bound - 300, "one entry less would have been enough");
    assert.equal(store.size + evictor.evictedKeys, 1000);
  });

for (const policy of policies.filter((name) => name.startsWith("volatile-")))
  test(`${policy} evicts only what expires some day, and says when there is none left`, () => {
    const { store, evictor } = storeWith(policy);
    fill(store);
    assert.equal(evictor.shrinkTo(0), false);
    assert.equal(store.size, 500);
    assert.ok(survivors(store).every((number) => number % 2 === 1));
  });

test("noeviction evicts nothing", () => {
  const { store, evictor } = storeWith("noeviction");
  fill(store);
  assert.equal(evictor.shrinkTo(1000), false);
  assert.equal(store.size, 1000);
});

test("LRU keeps nearly all of what was used last", () => {
  const { store, evictor } = storeWith("allkeys-lru");
  fill(store);
  for (let at = 0; at < 1000; at += 4) {
    store.nowMs += 1;
    store.touch(store.find(`key:${at}`));
  }
  evictor.shrinkTo(store.usedBytes / 2);
  const kept = survivors(store).filter((number) => number % 4 === 0).length;
  assert.ok(kept >= 240, `${kept} of 250 that were just used are kept`);
});

test("LFU keeps nearly all of what is used often, even if not lately", () => {
  const { store, evictor } = storeWith("allkeys-lfu");
  fill(store);
  for (let hit = 0; hit < 200; hit++)
    for (let at = 0; at < 1000; at += 10) store.touch(store.find(`key:${at}`));
  for (let at = 0; at < 1000; at++) if (at % 10 !== 0) store.touch(store.find(`key:${at}`));
  evictor.shrinkTo(store.usedBytes / 2);
  const kept = survivors(store).filter((number) => number % 10 === 0).length;
  assert.ok(kept >= 95, `${kept} of 100 that are used often are kept`);
});

test("an LFU counter falls by one for every minute without a hit", () => {
  const { store } = storeWith("allkeys-lfu");
  const slot = store.set("k", "v");
  for (let hit = 0; hit < 1000; hit++) store.touch(slot);
  const before = store.frequency(slot);
  assert.ok(before > 10);
  store.nowMs += 3 * 60_000;
  assert.equal(store.frequency(slot), before - 3);
  store.nowMs += 600 * 60_000;
  assert.equal(store.frequency(slot), 0);
});

test("volatile-ttl evicts what would expire soonest", () => {
  const { store, evictor } = storeWith("volatile-ttl");
  fill(store);
  evictor.shrinkTo(store.usedBytes * 0.9);
  const gone = 500 - survivors(store).filter((number) => number % 2 === 0).length;
  const soonest = survivors(store).filter((number) => number % 2 === 0 && number >= 700).length;
  assert.ok(gone > 80);
  assert.ok(soonest <= 75, `${soonest} of the 150 that expire soonest are left`);
});

test("whatever the policy and the steps, a store that is shrunk after each is within its bound", () => {
  const step = fc.record({ key: fc.nat(50), bytes: fc.nat(400), expires: fc.boolean(), waitMs: fc.nat(50) });
  const evicting = policies.filter((name) => name.startsWith("allkeys-"));
  fc.assert(
    fc.property(fc.constantFrom(...evicting), fc.array(step, { maxLength: 100 }), (policy, steps) => {
      const { store, evictor } = storeWith(policy);
      for (const { key, bytes, expires, waitMs } of steps) {
        store.nowMs += waitMs;
        const slot = store.set(String(key), "x".repeat(bytes));
        if (expires) store.setDeadline(slot, store.nowMs + 60);
        assert.equal(evictor.shrinkTo(2000), true);
        assert.ok(store.usedBytes <= 2000);
      }
    }),
  );
});
