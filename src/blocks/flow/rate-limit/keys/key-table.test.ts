import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../time/index.ts";
import { KeyTable } from "./key-table.ts";

const step = fc.record({
  verb: fc.constantFrom("put", "put", "put", "put", "find", "delete", "wait"),
  key: fc.nat(400).map((number) => `k${number}`),
  number: fc.nat(300),
});

for (const numbersPerKey of [1, 2, 3, 8]) {
  test(`with ${numbersPerKey} numbers per key the table holds what a Map would, but for idle keys`, () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 1_500, size: "max" }),
        fc.nat(),
        (steps, seed) => {
          const last = numbersPerKey - 1;
          const table = new KeyTable({ numbersPerKey, keysMax: 1_000, random: seededRandom(seed) });
          const model = new Map<string, number>();
          let nowMs = 1;
          const live = (key: string) => (model.get(key) ?? 0) > nowMs;
          for (const { verb, key, number } of steps) {
            if (verb === "wait") nowMs += number / 10;
            else if (verb === "delete") {
              table.delete(key, nowMs);
              model.delete(key);
            } else if (verb === "find") {
              const at = table.find(key, nowMs);
              if (live(key)) assert.equal(table.numbers[at], model.get(key));
              else if (at >= 0) assert.ok((table.numbers[at] ?? 0) <= nowMs);
            } else {
              const isNew = table.find(key, nowMs) < 0;
              const at = table.locate(key, nowMs);
              const found = table.numbers[at] ?? Number.NaN;
              if (live(key)) assert.equal(found, model.get(key));
              else assert.ok(found <= nowMs);
              if (isNew && last > 0) assert.equal(table.numbers[at + last], 0);
              model.set(key, nowMs + number);
              table.numbers[at] = nowMs + number;
              if (last > 0) table.numbers[at + last] = nowMs + number;
            }
            const alive = [...model.keys()].filter(live).length;
            assert.ok(table.size >= alive && table.size <= 401);
          }
          for (const key of model.keys()) {
            if (!live(key)) continue;
            const at = table.find(key, nowMs);
            assert.equal(table.numbers[at], model.get(key));
            assert.equal(table.numbers[at + last], model.get(key));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}

test("a table never holds more than keysMax, and lets go of each key that it evicts", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (keysMax, seed) => {
      let evicted = 0;
      const table = new KeyTable({
        numbersPerKey: 1,
        keysMax,
        random: seededRandom(seed),
        release: () => evicted++,
      });
      for (let index = 0; index < 1_000; index++) {
        const at = table.locate(`key ${index}`, 0);
        table.numbers[at] = 1_000 + index;
        assert.ok(table.size <= keysMax);
      }
      assert.equal(evicted, 1_000 - table.size);
      assert.equal(table.size, keysMax);
    }),
    { numRuns: 60 },
  );
});

test("strangers do not push out a key that has much to remember", () => {
  const table = new KeyTable({ numbersPerKey: 1, keysMax: 1_000, random: seededRandom(3) });
  put(table, "heavy user", 0, 1e9);
  for (let index = 0; index < 50_000; index++) {
    const at = table.locate(`stranger ${index}`, 0);
    table.numbers[at] = 10;
  }
  const at = table.find("heavy user", 0);
  assert.ok(at >= 0);
  assert.equal(table.numbers[at], 1e9);
});

test("idle keys go by and by as others are used, each is let go of once, and the table shrinks", () => {
  let released = 0;
  const table = new KeyTable({
    numbersPerKey: 3,
    keysMax: 100_000,
    random: seededRandom(4),
    release: () => released++,
  });
  for (let index = 0; index < 20_000; index++) put(table, `key ${index}`, 0, 5);
  assert.equal(table.size, 20_000);
  for (let index = 0; index < 200_000; index++) put(table, "busy", 10, 1e9);
  assert.equal(table.size, 1);
  assert.equal(released, 20_000);
  assert.ok(table.numbers.length <= 64 * 8, `still ${table.numbers.length} numbers`);
});

test("a stream of new keys that are idle soon takes no more room than a few times those that are not", () => {
  const table = new KeyTable({ numbersPerKey: 1, keysMax: 1_000_000, random: seededRandom(7) });
  for (let nowMs = 0; nowMs < 200_000; nowMs++) put(table, `key ${nowMs}`, nowMs, nowMs + 1_000);
  assert.ok(table.size >= 1_000 && table.size < 3_000, `${table.size} keys, of which 1,000 are in use`);
  assert.ok(table.numbers.length <= 8_192, `${table.numbers.length} numbers`);
});

test("keys of all sorts are told apart: empty, long, beginnings of others, with zeros and lone surrogates", () => {
  const table = new KeyTable({ numbersPerKey: 1, keysMax: 1_000, random: seededRandom(5) });
  const keys = [
    "",
    "\0",
    "\0\0",
    "\0\0\0",
    "a",
    "a\0",
    "aa",
    "\ud800",
    "\udc00",
    "x".repeat(65_536),
    "x".repeat(131_072),
    "é",
    "e\u0301",
    "__proto__",
  ];
  for (const [index, key] of keys.entries()) put(table, key, 0, 100 + index);
  for (const [index, key] of keys.entries()) assert.equal(held(table, key), 100 + index);
});

test("keys that collide under one secret do not under another", () => {
  // Multiplicative hashes modulo a power of two collide on these whatever their multiplier (Thue–Morse words).
  const word = (bits: number, flip: boolean): string =>
    bits === 0 ? (flip ? "b" : "a") : word(bits - 1, flip) + word(bits - 1, !flip);
  const table = new KeyTable({ numbersPerKey: 1, keysMax: 10, random: seededRandom(6) });
  put(table, word(11, false), 0, 7);
  assert.equal(table.find(word(11, true), 0), -1);
});

function put(table: KeyTable, key: string, nowMs: number, idleAtMs: number): void {
  const at = table.locate(key, nowMs);
  table.numbers[at] = idleAtMs;
}

function held(table: KeyTable, key: string): number | undefined {
  const at = table.find(key, 0);
  return table.numbers[at];
}
