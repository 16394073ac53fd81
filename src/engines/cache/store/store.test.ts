import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import { DEADLINE_OVERHEAD_BYTES, ExpirySweeper, entryBytes, Store, scan } from "./index.ts";

const KEYS = ["a", "b", "c", "d", "e", "f"];

function emptyStore(changed: string[] = []): Store {
  return new Store(1_000_000, { random: seededRandom(1), onChange: (key) => changed.push(key) });
}

/** What a store does, said in the plainest way. */
class Model {
  nowMs = 1_000_000;
  readonly entries = new Map<string, { value: string; deadlineMs: number }>();

  live(key: string): { value: string; deadlineMs: number } | undefined {
    const entry = this.entries.get(key);
    return entry && (entry.deadlineMs < 0 || this.nowMs <= entry.deadlineMs) ? entry : undefined;
  }
}

type Step =
  | { readonly kind: "set"; readonly key: string; readonly value: string; readonly keep: boolean }
  | { readonly kind: "expire"; readonly key: string; readonly inMs: number }
  | { readonly kind: "delete" | "persist"; readonly key: string }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "sweep" | "clear" };

const anyKey = fc.constantFrom(...KEYS);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      key: anyKey,
      value: fc.string({ maxLength: 40 }),
      keep: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("expire" as const), key: anyKey, inMs: fc.nat(100) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("delete" as const, "persist" as const), key: anyKey }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
);

function apply(store: Store, model: Model, step: Step): void {
  switch (step.kind) {
    case "set": {
      const deadlineMs = step.keep ? (model.live(step.key)?.deadlineMs ?? -1) : -1;
      model.entries.set(step.key, { value: step.value, deadlineMs });
      store.set(step.key, step.value, { keepDeadline: step.keep });
      return;
    }
    case "expire": {
      const slot = store.find(step.key);
      const entry = model.live(step.key);
      if (entry) entry.deadlineMs = model.nowMs + step.inMs;
      if (slot >= 0) store.setDeadline(slot, store.nowMs + step.inMs);
      return;
    }
    case "persist": {
      const slot = store.find(step.key);
      const entry = model.live(step.key);
      if (entry) entry.deadlineMs = -1;
      if (slot >= 0) store.setDeadline(slot, -1);
      return;
    }
    case "delete":
      assert.equal(store.delete(step.key), model.live(step.key) !== undefined);
      model.entries.delete(step.key);
      return;
    case "wait":
      model.nowMs += step.ms;
      store.nowMs += step.ms;
      return;
    case "sweep":
      new ExpirySweeper(store).sweep();
      return;
    case "clear":
      store.clear();
      model.entries.clear();
  }
}

test("a store holds what a plain map of values and deadlines would hold, after any steps", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const store = emptyStore();
      const model = new Model();
      for (const step of steps) {
        apply(store, model, step);
        for (const key of KEYS) {
          const slot = store.find(key);
          const entry = model.live(key);
          assert.equal(slot >= 0, entry !== undefined, key);
          if (!entry) continue;
          assert.equal(store.keyAt(slot), key);
          assert.equal(store.valueAt(slot), entry.value);
          assert.equal(store.deadlines.of(slot), entry.deadlineMs);
        }
      }
    }),
  );
});

test("the memory that is counted is the sum over the entries, after any steps", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const store = emptyStore();
      const model = new Model();
      for (const step of steps) apply(store, model, step);
      let sum = 0;
      for (let slot = 0; slot < store.size; slot++) sum += store.bytesAt(slot);
      assert.equal(store.usedBytes, sum);
      store.clear();
      assert.equal(store.usedBytes, 0);
    }),
  );
});

test("a walk returns every key that was there all along, whatever comes and goes meanwhile", () => {
  const anyChange = fc.record({ key: fc.nat(60), set: fc.boolean() });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(30), { minLength: 1 }),
      fc.array(fc.array(anyChange, { maxLength: 12 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      (initial, changes, count) => {
        const store = emptyStore();
        const staying = new Set(initial.map(String));
        for (const key of initial) store.set(String(key), "");
        const seen = new Set<string>();
        let cursor = 0;
        for (let step = 0; step === 0 || cursor !== 0; step++) {
          const found = scan(store, cursor, count, () => true);
          for (const key of found.keys) seen.add(key);
          cursor = found.cursor;
          for (const { key, set } of changes[step] ?? []) {
            if (set) {
              store.set(String(key), "");
            } else {
              store.delete(String(key));
              staying.delete(String(key));
            }
          }
        }
        assert.deepEqual(
          [...staying].filter((key) => !seen.has(key)),
          [],
        );
      },
    ),
  );
});

test("an entry is there at its deadline and gone a millisecond later", () => {
  const store = emptyStore();
  store.setDeadline(store.set("k", "v"), store.nowMs + 100);
  store.nowMs += 100;
  assert.ok(store.find("k") >= 0);
  store.nowMs += 1;
  assert.equal(store.find("k"), -1);
  assert.equal(store.size, 0);
  assert.equal(store.expiredKeys, 1);
});

test("sweeping removes expired entries that nobody asks for, and leaves the others", () => {
  const store = emptyStore();
  const sweeper = new ExpirySweeper(store);
  for (let at = 0; at < 10_000; at++) {
    const slot = store.set(`key:${at}`, "");
    if (at % 2 === 0) store.setDeadline(slot, store.nowMs + 10);
  }
  store.nowMs += 11;
  assert.equal(sweeper.sweep(), "cut off", "one sweep is bounded");
  assert.equal(store.size, 6_000);
  assert.equal(sweeper.sweep(), "calm");
  assert.equal(store.size, 5_000);
  assert.equal(store.deadlines.size, 0);
});

test("sweeping comes around to every entry, even where few expire", () => {
  const store = emptyStore();
  const sweeper = new ExpirySweeper(store);
  for (let at = 0; at < 5_000; at++) store.setDeadline(store.set(`key:${at}`, ""), store.nowMs + 1e9);
  store.setDeadline(store.find("key:77"), store.nowMs + 1);
  store.nowMs += 2;
  for (let sweep = 0; sweep < 25; sweep++) sweeper.sweep();
  assert.equal(store.size, 4_999);
});

test("every change of a key is told, whatever its cause", () => {
  const changed: string[] = [];
  const store = emptyStore(changed);
  store.setDeadline(store.set("k", "v"), store.nowMs);
  store.nowMs += 1;
  store.find("k");
  store.set("k", "w");
  store.clear();
  assert.deepEqual(changed, ["k", "k", "k", "k", "k"]);
});

test("room that many entries took is given back when they are gone", () => {
  const store = emptyStore();
  for (let at = 0; at < 5_000; at++) store.setDeadline(store.set(`key:${at}`, "v"), store.nowMs + at);
  for (let at = 0; at < 4_990; at++) store.delete(`key:${at}`);
  assert.equal(store.size, 10);
  for (let at = 4_990; at < 5_000; at++) {
    const slot = store.find(`key:${at}`);
    assert.equal(store.valueAt(slot), "v");
    assert.equal(store.deadlines.of(slot), store.nowMs + at);
  }
  assert.equal(store.usedBytes, 10 * (entryBytes(8, 1) + DEADLINE_OVERHEAD_BYTES));
});
