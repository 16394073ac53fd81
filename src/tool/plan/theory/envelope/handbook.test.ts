import assert from "node:assert/strict";
import { test } from "node:test";
import { downMinutesPerYear } from "../availability/nines.ts";
import { bloomFilter, falsePositivesOf } from "./bloom-filter.ts";
import { codesOf, yearsUntilExhausted } from "./id-space.ts";
import { instancesFor, ratesOfUsers, readShare, readsAndWrites, SECONDS_PER_DAY } from "./rates.ts";
import { bytesPerSecond, storedBytes, workingSet } from "./volumes.ts";

/** Every figure that the handbook works out, with its line; where it rounds loosely, ours stands beside it. */

const GB = 1e9;

test("traffic: 10 million users with 20 requests each", () => {
  const { perDay, perSecond } = ratesOfUsers({ dailyUsers: 10e6, requestsPerUserPerDay: 20 });
  // "Total daily requests: 200 million"
  assert.equal(perDay, 200e6);
  // "Requests per second (RPS): 200M / 86,400 ≈ 2,300 RPS": ours is 2,314.8, to two digits the same.
  assert.equal(perSecond.toFixed(1), "2314.8");
  assert.equal(Number(perSecond.toPrecision(2)), 2_300);
  // "Peak RPS (assume 3x average): ~7,000 RPS": ours is 6,944, to one digit the same; three times 2,300 would be 6,900.
  assert.equal((perSecond * 3).toFixed(0), "6944");
  assert.equal(Number((perSecond * 3).toPrecision(1)), 7_000);
});

test("storage: a million records of 1 KB a day", () => {
  // "Daily storage: 1 GB"; the handbook's KB has 1,000 bytes, else it would be 1.024 GB.
  const bytesPerDay = 1e6 * 1_000;
  assert.equal(bytesPerDay / GB, 1);
  // "Yearly storage: 365 GB"
  assert.equal(storedBytes({ bytesPerDay, days: 365 }) / GB, 365);
  // "5-year storage (with replication factor 3): ~5.5 TB": ours is 5.475 TB.
  const five = storedBytes({ bytesPerDay, days: 5 * 365, copies: 3 });
  assert.equal(five / 1e12, 5.475);
  assert.equal(Number((five / 1e12).toPrecision(2)), 5.5);
});

test("bandwidth: 1 GB a day in and ten times that out", () => {
  // "Incoming data: 1 GB/day = ~12 KB/s": ours is 11.57 kB/s.
  assert.equal((bytesPerSecond(GB) / 1_000).toFixed(2), "11.57");
  assert.equal((bytesPerSecond(GB) / 1_000).toFixed(0), "12");
  // "Outgoing data (assume 10:1 read:write): 10 GB/day = ~120 KB/s": ours is 115.7 kB/s, to two digits the same.
  assert.equal((bytesPerSecond(10 * GB) / 1_000).toFixed(1), "115.7");
  assert.equal(Number((bytesPerSecond(10 * GB) / 1_000).toPrecision(2)), 120);
});

test("memory: a fifth of a day's reads", () => {
  // "Daily reads: 180 million (90% of 200M)"
  const { reads } = readsAndWrites(200e6, 0.9);
  assert.equal(reads, 180e6);
  const { items, bytes } = workingSet({ readsPerDay: reads, unique: 0.2, itemBytes: 1_000 });
  // "Unique requests (assume 20%): 36 million"
  assert.equal(items, 36e6);
  // "Cache size: 36M × 1KB = 36 GB"
  assert.equal(bytes / GB, 36);
});

test("availability: 99.99 % is 52 minutes a year", () => {
  // "Availability: 99.99% uptime (52 minutes downtime/year)": ours is 52.56, which the handbook has further down as well.
  assert.equal(downMinutesPerYear(0.9999).toFixed(2), "52.56");
});

test("Bloom filter: 1 million items, 1 % false positives", () => {
  const { bits, bytes, hashes, falsePositives } = bloomFilter(1e6, 0.01);
  // "m = ~9.6 million bits (~1.2 MB)": ours is 9.585 million, 1.198 MB.
  assert.equal((bits / 1e6).toFixed(3), "9.585");
  assert.equal((bits / 1e6).toFixed(1), "9.6");
  assert.equal((bytes / 1e6).toFixed(1), "1.2");
  // "k = 7 hash functions": ours is 6.64 before rounding.
  assert.equal(hashes, 7);
  assert.equal((falsePositives * 100).toFixed(2), "1.00");
  // "bf = BloomFilter(size=1000000, num_hashes=7)": a million bits are good for 1 % of 104,000 items only.
  assert.ok(falsePositivesOf({ items: 104_000, bits: 1e6, hashes: 7 }) < 0.01);
  assert.ok(falsePositivesOf({ items: 105_000, bits: 1e6, hashes: 7 }) > 0.01);
  assert.ok(falsePositivesOf({ items: 1e6, bits: 1e6, hashes: 7 }) > 0.99);
});

test("URL shortener: 62^7 codes, 100 million new ones a month, ten reads for each", () => {
  // "Base62 encoding of unique ID (62^7 = 3.5 trillion combinations)"
  assert.equal(codesOf(62, 7), 3_521_614_606_208);
  assert.equal((codesOf(62, 7) / 1e12).toFixed(1), "3.5");
  // "Scale: 100M URLs created/month, 10:1 read:write ratio"
  const perDay = (100e6 * 12) / 365;
  assert.equal((perDay / SECONDS_PER_DAY).toFixed(0), "38");
  assert.equal(((perDay * 10) / SECONDS_PER_DAY).toFixed(0), "381");
  assert.equal(readShare(10).toFixed(3), "0.909");
  // They last for 2,935 years: 3.5 trillion by 1.2 billion a year.
  assert.equal(yearsUntilExhausted({ names: codesOf(62, 7), perDay }).toFixed(0), "2935");
});

test("the handbook's predictive scaler has a fifth more replicas than the load needs", () => {
  // "base_replicas = math.ceil(predicted_load / self.capacity_per_replica)", "return int(base_replicas * 1.2)": of 7,000 by 1,000 it is 8.
  const base = instancesFor({ perSecond: 7_000, eachPerSecond: 1_000 });
  assert.equal(base, 7);
  assert.equal(Math.trunc(base * 1.2), 8);
  // It cuts the fraction off: with four or fewer replicas there is no buffer at all. Ours rounds up.
  assert.equal(Math.trunc(instancesFor({ perSecond: 4_000, eachPerSecond: 1_000 }) * 1.2), 4);
  assert.equal(instancesFor({ perSecond: 4_000, eachPerSecond: 1_000, utilisation: 1 / 1.2 }), 5);
});
