import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "trestle/time";
import { createJournal } from "../journal.ts";
import { MemoryClicks } from "../testing/memory-clicks.ts";
import { MemoryLinks } from "../testing/memory-links.ts";
import { ClickBuffer } from "./click-buffer.ts";
import { ClickCounter } from "./click-counter.ts";
import { OTHER } from "./referrer.ts";

const NOON = Date.UTC(2026, 0, 31, 12);

async function setUp(options: { rowsMax?: number } = {}) {
  const clock = new SimulatedClock();
  const links = new MemoryLinks(clock);
  for (const id of [1, 2]) {
    const code = `code-${id}`;
    await links.create({
      id,
      code,
      url: "https://example.com/",
      title: null,
      permanent: false,
      expiresAt: null,
    });
  }
  const clicks = new MemoryClicks(links);
  const lines: string[] = [];
  const journal = createJournal({ nowMs: () => clock.wallMs(), write: (line) => lines.push(line) });
  let batches = 0;
  const counter = new ClickCounter({
    clicks,
    journal,
    newId: () => `batch-${batches++}`,
    buffer: new ClickBuffer(options),
  });
  return { links, clicks, counter, lines };
}

test("clicks add up in memory and are counted by a flush", async () => {
  const { links, clicks, counter } = await setUp();
  for (let click = 0; click < 10; click++) counter.record(1, NOON, "https://a.example/", undefined);
  counter.record(2, NOON, undefined, undefined);
  assert.equal((await links.find("code-1"))?.clicks, 0);
  assert.equal(await counter.flush(), true);
  assert.equal((await links.find("code-1"))?.clicks, 10);
  assert.deepEqual((await clicks.statistics(1)).byReferrer, [{ referrer: "a.example", clicks: 10 }]);
  assert.equal((await links.find("code-2"))?.clicks, 1);
});

test("a batch whose acknowledgement was lost is not counted twice", async () => {
  const { links, clicks, counter } = await setUp();
  counter.record(1, NOON, undefined, undefined);
  clicks.losesNextAnswer = true;
  assert.equal(await counter.flush(), false);
  counter.record(1, NOON, undefined, undefined);
  assert.equal(await counter.flush(), true);
  assert.equal((await links.find("code-1"))?.clicks, 2);
});

test("clicks wait while the database is away, and are all counted when it is back", async () => {
  const { links, counter } = await setUp();
  links.isAway = true;
  for (let round = 0; round < 5; round++) {
    counter.record(1, NOON, undefined, undefined);
    assert.equal(await counter.flush(), false);
  }
  links.isAway = false;
  assert.equal(await counter.flush(), true);
  assert.equal((await links.find("code-1"))?.clicks, 5);
});

test("clicks of a link that is gone are left out", async () => {
  const { links, clicks, counter } = await setUp();
  counter.record(1, NOON, undefined, undefined);
  await links.remove("code-1");
  assert.equal(await counter.flush(), true);
  assert.deepEqual((await clicks.statistics(1)).byDay, []);
});

test("a flush with nothing to count asks nothing of the database", async () => {
  const { links, counter } = await setUp();
  links.isAway = true;
  assert.equal(await counter.flush(), true);
});

test("days are those of UTC", async () => {
  const { clicks, counter } = await setUp();
  counter.record(1, Date.UTC(2026, 0, 31, 23, 59, 59, 999), undefined, undefined);
  counter.record(1, Date.UTC(2026, 1, 1), undefined, undefined);
  await counter.flush();
  const days = (await clicks.statistics(1)).byDay.map(({ day }) => day).sort();
  assert.deepEqual(days, ["2026-01-31", "2026-02-01"]);
});

test("made-up referrers cannot fill the memory: from 50 on they are counted together", () => {
  const buffer = new ClickBuffer();
  for (let site = 0; site < 1_000; site++) buffer.add(1, NOON, `https://site-${site}.example/`, undefined);
  const { rows, dropped } = buffer.take();
  assert.equal(rows.length, 51);
  assert.equal(rows.find(({ referrer }) => referrer === OTHER)?.count, 950);
  assert.equal(dropped, 0);
});

test("a full buffer gives up referrers, and then clicks, and says how many", () => {
  const buffer = new ClickBuffer({ rowsMax: 10 });
  for (let link = 0; link < 30; link++) buffer.add(link, NOON, "https://a.example/", undefined);
  assert.ok(buffer.isFull);
  const { rows, dropped } = buffer.take();
  assert.equal(rows.length, 20);
  assert.equal(dropped, 10);
  assert.equal(rows.filter(({ referrer }) => referrer === OTHER).length, 10);
  assert.ok(buffer.isEmpty);
});

test("a buffer that fills up is flushed without waiting for its time", async () => {
  const { links, counter } = await setUp({ rowsMax: 2 });
  counter.record(1, NOON, undefined, undefined);
  counter.record(2, NOON, undefined, undefined);
  await counter.flush();
  assert.equal((await links.find("code-1"))?.clicks, 1);
});
