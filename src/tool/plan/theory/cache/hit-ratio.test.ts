import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../../blocks/time/index.ts";
import { logGamma } from "../numerics/gamma.ts";
import { cacheHits, hitRatio } from "./hit-ratio.ts";
import type { CachePolicy } from "./residence.ts";
import { popularityOf, topShare } from "./zipf.ts";

const POLICIES: readonly CachePolicy[] = ["lru", "fifo", "random", "lfu"];

const anyCache = fc.record({
  policy: fc.constantFrom(...POLICIES),
  items: fc.double({ min: 0, max: 9, noNaN: true }).map((tens) => Math.floor(10 ** tens)),
  keys: fc.record({
    count: fc.double({ min: 0, max: 12, noNaN: true }).map((tens) => Math.floor(10 ** tens)),
    skew: fc.double({ min: 0, max: 3, noNaN: true }),
  }),
});

/** All ordered choices of `size` things. */
function orderings(things: number, size: number): number[][] {
  if (size === 0) return [[]];
  return orderings(things, size - 1).flatMap((front) =>
    Array.from({ length: things }, (_, thing) => thing)
      .filter((thing) => !front.includes(thing))
      .map((thing) => [...front, thing]),
  );
}

/** King's exact result for LRU: the chance of a stack is that of drawing it without putting back. */
function exactLru(shares: readonly number[], size: number): number {
  let hits = 0;
  for (const stack of orderings(shares.length, size)) {
    let left = 1;
    let chance = 1;
    let held = 0;
    for (const thing of stack) {
      const share = shares[thing] ?? 0;
      chance *= share / left;
      left -= share;
      held += share;
    }
    hits += chance * held;
  }
  return hits;
}

/** Gelenbe's exact result for FIFO and RANDOM: a set is in with a chance in proportion to the product of its shares. */
function exactFifo(shares: readonly number[], size: number): number {
  let hits = 0;
  let chances = 0;
  for (const set of orderings(shares.length, size)) {
    const chance = set.reduce((product, thing) => product * (shares[thing] ?? 0), 1);
    chances += chance;
    hits += chance * set.reduce((sum, thing) => sum + (shares[thing] ?? 0), 0);
  }
  return hits / chances;
}

test("small caches answer as the exact sums say, within a point and a half", () => {
  // W. King, "Analysis of Demand Paging Algorithms", IFIP 1971; E. Gelenbe, "A Unified Approach to the Evaluation of a Class of Replacement
  // Algorithms", IEEE Transactions on Computers 22, 1973. Caches of a few entries are where Che's approximation is worst.
  for (const [count, items, skew] of [
    [8, 2, 0],
    [8, 3, 0.8],
    [9, 4, 1],
    [9, 5, 1.4],
  ] as const) {
    const keys = { count, skew };
    const shares = popularityOf(keys).map(({ share }) => share);
    const near = (got: number, exact: number): void =>
      assert.ok(Math.abs(got - exact) < 0.015, `${count} ${items} ${skew}: ${got}, not ${exact}`);
    near(hitRatio({ policy: "lru", items, keys }), exactLru(shares, items));
    near(hitRatio({ policy: "fifo", items, keys }), exactFifo(shares, items));
    near(hitRatio({ policy: "random", items, keys }), exactFifo(shares, items));
  }
});

test("with skews above 1, large LRU caches miss as much more than the ideal as Jelenković proved", () => {
  // P. Jelenković, "Asymptotic approximation of the move-to-front search cost distribution and least-recently used caching fault
  // probabilities", Annals of Applied Probability 9, 1999, theorem 3: (1 - 1/α) Γ(1 - 1/α)^α.
  for (const skew of [1.4, 2, 3]) {
    const factor = (1 - 1 / skew) * Math.exp(skew * logGamma(1 - 1 / skew));
    const cache = { items: 3_000, readers: [{ rate: 1, keys: { count: 1e12, skew } }] };
    const got =
      cacheHits({ policy: "lru", ...cache }).missRatio / cacheHits({ policy: "lfu", ...cache }).missRatio;
    assert.ok(Math.abs(got / factor - 1) < 0.03, `${skew}: ${got}, not ${factor}`);
  }
  // Of skew 2 it is π/2.
  assert.ok(Math.abs(0.5 * Math.exp(2 * logGamma(0.5)) - Math.PI / 2) < 1e-12);
});

test("and FIFO and RANDOM caches as Fricker, Robert and Roberts derived", () => {
  // C. Fricker, P. Robert and J. Roberts, ITC 24, 2012, section 3: held = T^(1/α) (π/α) / sin(π/α), missed = held / T.
  for (const skew of [1.5, 2]) {
    const held = Math.PI / skew / Math.sin(Math.PI / skew);
    const factor = (skew - 1) * held ** skew;
    const cache = { items: 3_000, readers: [{ rate: 1, keys: { count: 1e12, skew } }] };
    const ideal = cacheHits({ policy: "lfu", ...cache }).missRatio;
    for (const policy of ["fifo", "random"] as const) {
      const got = cacheHits({ policy, ...cache }).missRatio / ideal;
      assert.ok(Math.abs(got / factor - 1) < 0.03, `${skew}: ${got}, not ${factor}`);
    }
  }
});

test("where all things are alike every policy answers its share of them", () => {
  for (const policy of POLICIES) {
    const got = hitRatio({ policy, items: 25_000, keys: { count: 1e5, skew: 0 } });
    assert.ok(Math.abs(got - 0.25) < 1e-9, `${policy} ${got}`);
  }
});

test("the ideal beats LRU, LRU beats FIFO, more room never answers less, and all are shares", () => {
  fc.assert(
    fc.property(anyCache, ({ items, keys }) => {
      const [lru = 0, fifo = 0, random = 0, lfu = 0] = POLICIES.map((policy) =>
        hitRatio({ policy, items, keys }),
      );
      assert.ok(lfu >= lru - 1e-9 && lru >= fifo - 1e-9 && Math.abs(fifo - random) < 1e-9);
      for (const policy of POLICIES) {
        const got = cacheHits({ policy, items, readers: [{ rate: 7, keys }] });
        assert.ok(got.hitRatio >= 0 && got.hitRatio <= 1 && got.missRatio >= 0);
        assert.ok(got.itemsHeld <= Math.min(items, keys.count) * (1 + 1e-6));
        assert.ok(hitRatio({ policy, items: items * 2 + 1, keys }) >= got.hitRatio - 1e-9);
      }
    }),
    { numRuns: 40 },
  );
});

test("expiry never adds hits, and renewing it never takes any away", () => {
  const seconds = fc.double({ min: -3, max: 6, noNaN: true }).map((tens) => 10 ** tens);
  fc.assert(
    fc.property(anyCache, seconds, ({ policy, items, keys }, afterSeconds) => {
      const at = (expiry?: { afterSeconds: number; renewed: boolean }) =>
        hitRatio({ policy, items, keys, perSecond: 100, ...(expiry ? { expiry } : {}) });
      const never = at();
      const renewed = at({ afterSeconds, renewed: true });
      const fixed = at({ afterSeconds, renewed: false });
      // Freed room goes to others, which RANDOM and FIFO do not use as well: the ideal of LFU and LRU have laws.
      if (policy === "lru" || policy === "lfu") {
        assert.ok(never >= renewed - 1e-6 && renewed >= fixed - 1e-3, `${never} ${renewed} ${fixed}`);
      }
      assert.ok(fixed >= 0 && fixed <= 1 && renewed <= 1);
    }),
    { numRuns: 40 },
  );
});

test("the room of one thing gains nothing by what expires", () => {
  const cache = { policy: "lru", items: 1, keys: { count: 716_561, skew: 2.94 }, perSecond: 100 } as const;
  const never = hitRatio(cache);
  for (const renewed of [true, false])
    assert.ok(hitRatio({ ...cache, expiry: { afterSeconds: 1, renewed } }) <= never + 1e-9);
});

test("a cache without a bound answers by its expiry alone, in closed form", () => {
  const keys = { count: 1_000, skew: 0 };
  const at = (renewed: boolean) =>
    hitRatio({
      policy: "lru",
      items: Number.POSITIVE_INFINITY,
      keys,
      perSecond: 1_000,
      expiry: { afterSeconds: 2, renewed },
    });
  // Every thing is asked for once a second. Renewed: unless nobody asks for 2 s. Not renewed: 2 hits for every miss
  // (J. Jung, A. Berger and H. Balakrishnan, "Modeling TTL-based Internet Caches", INFOCOM 2003).
  assert.ok(Math.abs(at(true) - (1 - Math.exp(-2))) < 1e-12);
  assert.ok(Math.abs(at(false) - 2 / 3) < 1e-12);
});

interface Simulated {
  readonly policy: "lru" | "fifo" | "random";
  readonly keys: number;
  readonly items: number;
  readonly perSecond: number;
  readonly expiry: { readonly afterSeconds: number; readonly renewed: boolean };
}

/** A cache whose entries expire, with requests by the law of a Poisson process; what has expired leaves room at once. */
function simulatedHits({ policy, keys, items, perSecond, expiry }: Simulated): number {
  const random = seededRandom(7);
  const cumulated: number[] = [];
  for (const { share } of popularityOf({ count: keys, skew: 0.9 }))
    cumulated.push((cumulated.at(-1) ?? 0) + share);
  /** When each became young, in the order in which they go. */
  const entries = new Map<number, number>();
  let now = 0;
  let hits = 0;
  const requests = 80_000;
  for (let at = -20_000; at < requests; at++) {
    now += -Math.log(1 - random()) / perSecond;
    const point = random();
    const key = cumulated.findIndex((sum) => sum >= point);
    const since = entries.get(key);
    const isHit = since !== undefined && now - since < expiry.afterSeconds;
    if (isHit && at >= 0) hits++;
    if (!isHit || policy === "lru") entries.delete(key);
    if (isHit) entries.set(key, expiry.renewed ? now : since);
    else {
      const expired = [...entries].find(([, from]) => now - from >= expiry.afterSeconds);
      if (expired) entries.delete(expired[0]);
      const all = [...entries.keys()];
      const gone = policy === "random" ? all[Math.floor(random() * all.length)] : all[0];
      if (all.length >= items && gone !== undefined) entries.delete(gone);
      entries.set(key, now);
    }
  }
  return hits / requests;
}

test("caches whose entries expire answer as those simulated, within a point and a half", () => {
  for (const policy of ["lru", "fifo", "random"] as const) {
    for (const renewed of [false, true]) {
      for (const afterSeconds of [0.5, 2]) {
        const cache = { policy, items: 40, perSecond: 100, expiry: { afterSeconds, renewed } };
        const got = hitRatio({ ...cache, keys: { count: 200, skew: 0.9 } });
        const simulated = simulatedHits({ ...cache, keys: 200 });
        const what = `${policy} ${renewed ? "renewed" : "fixed"} ${afterSeconds}`;
        assert.ok(Math.abs(got - simulated) < 0.015, `${what}: ${got}, not ${simulated}`);
      }
    }
  }
});

test("the ideal's entries expire as well", () => {
  const expiry = { afterSeconds: 2, renewed: false };
  const at = hitRatio({
    policy: "lfu",
    items: 500,
    keys: { count: 1_000, skew: 0 },
    perSecond: 1_000,
    expiry,
  });
  assert.ok(Math.abs(at - (0.5 * 2) / 3) < 1e-9);
});

test("readers share a cache by how often they come, and those of one population its things", () => {
  const keys = { count: 10_000, skew: 1 };
  const one = cacheHits({ policy: "lru", items: 500, readers: [{ rate: 30, keys }] });
  const two = cacheHits({
    policy: "lru",
    items: 500,
    readers: [
      { rate: 10, keys },
      { rate: 20, keys: { ...keys } },
    ],
  });
  assert.ok(Math.abs(one.hitRatio - two.hitRatio) < 1e-12);
  assert.ok(Math.abs((two.byReader[0] ?? 0) - one.hitRatio) < 1e-9);
  const scan = { count: 1e9, skew: 0 };
  const mixed = cacheHits({
    policy: "lru",
    items: 500,
    readers: [
      { rate: 30, keys },
      { rate: 30, keys: scan },
      { rate: 0, keys },
    ],
  });
  const [popular = 0, scanned = 1, none = 1] = mixed.byReader;
  assert.ok(popular < one.hitRatio && popular > 0.3 && scanned < 1e-5 && none === 0);
  assert.ok(Math.abs(mixed.hitRatio - (popular + scanned) / 2) < 1e-9);
});

test("a cache of nothing and one that holds all are what they are", () => {
  for (const policy of POLICIES) {
    const keys = { count: 100, skew: 1 };
    assert.equal(hitRatio({ policy, items: 0, keys }), 0);
    assert.equal(hitRatio({ policy, items: 100, keys }), 1);
  }
  assert.equal(cacheHits({ policy: "lru", items: 10, readers: [] }).hitRatio, 0);
  const steep = hitRatio({ policy: "lru", items: 50, keys: { count: 1e12, skew: 200 } });
  assert.ok(steep > 0.999 && steep <= 1);
  assert.ok(topShare({ count: 1e12, skew: 200 }, 50) <= 1);
  assert.throws(() => hitRatio({ policy: "lru", items: -1, keys: { count: 1, skew: 1 } }), RangeError);
  assert.throws(
    () => hitRatio({ policy: "lru", items: Number.NaN, keys: { count: 1, skew: 1 } }),
    RangeError,
  );
});
