import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "trestle/time";
import type { Target } from "../links/link.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { CHANGE_TTL_MS, TARGET_TTL_MS, TargetCache, UNKNOWN_TTL_MS } from "./target-cache.ts";

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const OLD: Target = { id: 1, url: "https://example.com/old", permanent: false, expiresAtMs: 0 };
const NEW: Target = { ...OLD, url: "https://example.com/new" };

/** A cache before a database of one link, whose loads can be held back between reading and returning. */
function setUp(options: { random?: () => number } = {}) {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const database: { target: Target | undefined; loads: number; gate: Promise<void> | undefined } = {
    target: OLD,
    loads: 0,
    gate: undefined,
  };
  const load = async () => {
    database.loads++;
    const { target } = database;
    await database.gate;
    return target;
  };
  const replica = () => new TargetCache({ store, load, clock, random: options.random ?? (() => 0.5) });
  return { clock, store, database, replica };
}

function gate(): { promise: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

test("a target is loaded once and then comes from the cache", async () => {
  const { database, replica } = setUp();
  const [one, other] = [replica(), replica()];
  assert.deepEqual(await one.target("abc"), OLD);
  await settled();
  assert.deepEqual(await one.target("abc"), OLD);
  assert.deepEqual(await other.target("abc"), OLD);
  assert.equal(database.loads, 1);
});

test("requests for one code at the same time share one load", async () => {
  const { database, replica } = setUp();
  const targets = replica();
  const found = await Promise.all(Array.from({ length: 50 }, () => targets.target("abc")));
  assert.equal(database.loads, 1);
  for (const target of found) assert.deepEqual(target, OLD);
});

test("a load that fails is told to those who wait, and tried again by the next", async () => {
  const { database, replica } = setUp();
  const targets = replica();
  database.gate = Promise.reject(new Error("away"));
  const waiting = await Promise.allSettled([targets.target("abc"), targets.target("abc")]);
  assert.deepEqual(
    waiting.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  database.gate = undefined;
  assert.deepEqual(await targets.target("abc"), OLD);
});

test("times in the cache are spread from 80 to 120 % of five minutes", async () => {
  for (const [random, share] of [
    [0, 0.8],
    [0.5, 1],
    [0.999_999, 1.2],
  ] as const) {
    const { store, replica } = setUp({ random: () => random });
    await replica().target("abc");
    await settled();
    assert.equal(Math.round(store.peek("link:abc")?.leftMs ?? 0), TARGET_TTL_MS * share);
  }
});

test("an entry never outlives the link's expiry", async () => {
  const { clock, store, database, replica } = setUp();
  database.target = { ...OLD, expiresAtMs: clock.wallMs() + 1_000 };
  await replica().target("abc");
  await settled();
  assert.equal(store.peek("link:abc")?.leftMs, 1_000);
});

test("that a code is unknown is remembered briefly", async () => {
  const { clock, database, replica } = setUp();
  const targets = replica();
  database.target = undefined;
  for (let time = 0; time < 3; time++) {
    assert.equal(await targets.target("abc"), undefined);
    await settled();
  }
  assert.equal(database.loads, 1);
  await clock.advance(UNKNOWN_TTL_MS);
  await targets.target("abc");
  assert.equal(database.loads, 2);
});

test("a reader that loaded the old target before a change cannot bring it back afterwards", async () => {
  const { clock, store, database, replica } = setUp();
  const [reader, writer] = [replica(), replica()];
  const held = gate();
  database.gate = held.promise;
  const reading = reader.target("abc");
  await settled();
  database.gate = undefined;
  await writer.changing("abc");
  database.target = NEW;
  await writer.changing("abc");
  held.open();
  assert.deepEqual(await reading, OLD, "it began before the change");
  await settled();
  assert.equal(store.peek("link:abc")?.value, "!");
  assert.deepEqual(await reader.target("abc"), NEW);
  await clock.advance(CHANGE_TTL_MS);
  assert.deepEqual(await reader.target("abc"), NEW);
  assert.deepEqual(await writer.target("abc"), NEW);
});

test("a reader that took so long that the mark of a change may be gone does not store what it read", async () => {
  const { clock, store, database, replica } = setUp();
  const held = gate();
  database.gate = held.promise;
  const reading = replica().target("abc");
  await clock.advance(CHANGE_TTL_MS * 2);
  held.open();
  await reading;
  await settled();
  assert.equal(store.peek("link:abc"), undefined);
});

test("a writer that dies between its commit and the second mark leaves nothing old behind", async () => {
  const { database, replica } = setUp();
  const [reader, writer] = [replica(), replica()];
  await reader.target("abc");
  await settled();
  await writer.changing("abc");
  database.target = NEW;
  assert.deepEqual(await reader.target("abc"), NEW);
});

test("after a change its own replica does not join a load that began before", async () => {
  const { database, replica } = setUp();
  const targets = replica();
  const held = gate();
  database.gate = held.promise;
  const before = targets.target("abc");
  await settled();
  database.gate = undefined;
  database.target = NEW;
  await targets.changing("abc");
  assert.deepEqual(await targets.target("abc"), NEW);
  held.open();
  await before;
});

test("a change that the cache could not be told of is told as soon as it is back", async () => {
  const { store, database, replica } = setUp();
  const [reader, writer] = [replica(), replica()];
  await reader.target("abc");
  await settled();
  store.isAway = true;
  await writer.changing("abc");
  database.target = NEW;
  await writer.changing("abc");
  await writer.retryChanges();
  store.isAway = false;
  assert.deepEqual(await reader.target("abc"), OLD);
  await writer.retryChanges();
  assert.deepEqual(await reader.target("abc"), NEW);
});

test("an entry that cannot be read is loaded anew", async () => {
  const { store, replica } = setUp();
  await store.set("link:abc", "garbage", 1_000);
  assert.deepEqual(await replica().target("abc"), OLD);
});
