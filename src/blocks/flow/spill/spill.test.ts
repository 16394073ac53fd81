import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { spillQueue } from "./open-spill.ts";
import type { SpillQueue } from "./spill-queue.ts";
import type { SpillOptions } from "./spill-settings.ts";

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spill-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const segmentsIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith(".segment")).sort();

/** Takes and acknowledges. */
async function drain<T extends NonNullable<unknown>>(queue: SpillQueue<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) {
    const delivery = await queue.receive();
    if (!delivery) break;
    items.push(delivery.item);
    delivery.ack();
  }
  return items;
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

test("while memory has room nothing is written, and what overflows comes in its order", async (t) => {
  const folder = await folderOf(t);
  await using queue = await spillQueue<number>({ folder, memoryItems: 10, fsync: "never" });
  for (const item of upTo(10)) await queue.send(item);
  assert.equal(queue.diskBytes, 0);
  await Promise.all(upTo(90, 10).map((item) => queue.send(item)));
  assert.ok(queue.diskBytes > 0);
  assert.equal(queue.inMemory, 10);
  assert.deepEqual(await drain(queue, 100), upTo(100));
  // Once all is acknowledged, nothing is left on disk, and memory serves again.
  while (queue.diskBytes > 0) await turn();
  await queue.send(100);
  assert.deepEqual([queue.inMemory, queue.diskBytes], [1, 0]);
});

test("what is only in memory is saved by closing, and comes first when the folder is opened again", async (t) => {
  const folder = await folderOf(t);
  const first = await spillQueue<number>({ folder, memoryItems: 5, fsync: "never" });
  for (const item of upTo(12)) await first.send(item);
  const one = await first.receive();
  const two = await first.receive();
  two?.ack();
  assert.equal(one?.item, 0);
  await first.close();
  await first.close();
  assert.equal(await first.receive(), undefined);
  await assert.rejects(first.send(99), { code: "SPILL_CLOSED" });

  await using second = await spillQueue<number>({ folder, memoryItems: 5, fsync: "never" });
  // The first was not acknowledged. The second was, and is not even written.
  assert.deepEqual(await drain(second, 11), [0, ...upTo(10, 2)]);
});

test("what is in memory before and after what is on disk is saved around it", async (t) => {
  const folder = await folderOf(t);
  const first = await spillQueue<string>({ folder, memoryItems: 1 });
  await first.send("in memory");
  await first.send("on disk");
  await first.receive();
  await first.receive();
  await first.send("in memory again");
  assert.equal((await segmentsIn(folder)).length, 1);
  await first.close();
  assert.equal((await segmentsIn(folder)).length, 3);
  await using second = await spillQueue<string>({ folder });
  assert.deepEqual(await drain(second, 3), ["in memory", "on disk", "in memory again"]);
});

test("an acknowledgement in the middle does not hide what came before it", async (t) => {
  const folder = await folderOf(t);
  const first = await spillQueue<string>({ folder, durable: true });
  for (const item of ["a", "b", "c"]) await first.send(item);
  const deliveries = [await first.receive(), await first.receive(), await first.receive()];
  deliveries[0]?.ack();
  deliveries[0]?.ack();
  deliveries[2]?.ack();
  await first.close();
  await using second = await spillQueue<string>({ folder, durable: true });
  assert.deepEqual(await drain(second, 2), ["b", "c"]);
});

test("segments are deleted behind what is acknowledged, and none is left when a drained queue closes", async (t) => {
  const folder = await folderOf(t);
  const queue = await spillQueue<string>({
    folder,
    durable: true,
    diskBytesMax: 64 * 1024,
    memoryItems: 4,
    fsync: "never",
  });
  for (const item of upTo(60)) await queue.send(`${item}`.padEnd(500));
  const before = await segmentsIn(folder);
  assert.ok(before.length > 5);
  await drain(queue, 30);
  while ((await segmentsIn(folder)).length > before.length / 2 + 1) await turn();
  await drain(queue, 30);
  await queue.close();
  assert.deepEqual(await segmentsIn(folder), []);
  assert.deepEqual(await readdir(folder), ["position"]);
});

test("a full share of the disk makes senders wait, in order, or refuses them, as was declared", async (t) => {
  const item = "x".repeat(3_000);
  const small = { diskBytesMax: 64 * 1024, durable: true, fsync: "never" as const, memoryItems: 2 };
  const refusing = await spillQueue<string>({ folder: await folderOf(t), ...small, whenFull: "error" });
  let accepted = 0;
  await assert.rejects(
    (async () => {
      for (;;) {
        await refusing.send(item);
        accepted++;
        assert.ok(refusing.diskBytes <= small.diskBytesMax);
      }
    })(),
    { code: "SPILL_FULL", retryable: true },
  );
  assert.ok(accepted >= 18, `${accepted}`);
  await refusing.close();

  const blocking = await spillQueue<string>({ folder: await folderOf(t), ...small });
  const order: number[] = [];
  const abort = new AbortController();
  const sends = upTo(40).map((index) =>
    blocking
      .send(`${index} ${item}`, index === 30 ? { signal: abort.signal } : {})
      .then(() => void order.push(index)),
  );
  while (order.length < accepted) await turn();
  for (let turns = 0; turns < 20; turns++) await turn();
  assert.equal(order.length, accepted);
  abort.abort(new Error("too long"));
  await assert.rejects(sends[30] ?? Promise.resolve(), /too long/);
  const received = await drain(blocking, 39);
  const expected = upTo(40).filter((index) => index !== 30);
  assert.deepEqual(
    received.map((text) => Number.parseInt(text, 10)),
    expected,
  );
  await Promise.allSettled(sends);
  assert.deepEqual(order, expected);
  await blocking.close();
});

test("an item that no segment can hold is refused, and so is one that cannot be serialized", async (t) => {
  const folder = await folderOf(t);
  await using queue = await spillQueue<string | bigint>({ folder, durable: true, diskBytesMax: 64 * 1024 });
  await assert.rejects(queue.send("x".repeat(5_000)), { code: "SPILL_ITEM_TOO_LARGE" });
  await assert.rejects(queue.send(1n), TypeError);
  await queue.send("fits");
  assert.equal((await queue.receive())?.item, "fits");
});

test("closing saves every item that it can, and tells of those that it cannot", async (t) => {
  const folder = await folderOf(t);
  const first = await spillQueue<number | bigint>({ folder });
  for (const item of [1, 2n, 3]) await first.send(item);
  await assert.rejects(first.close(), { code: "SPILL_FAILED", message: /1 items cannot be serialized/ });
  await using second = await spillQueue<number | bigint>({ folder });
  assert.deepEqual(await drain(second, 2), [1, 3]);
});

test("no more than unackedMax items are out at a time", async (t) => {
  await using queue = await spillQueue<number>({ folder: await folderOf(t), unackedMax: 2 });
  for (const item of upTo(3)) await queue.send(item);
  const first = await queue.receive();
  await queue.receive();
  const abort = new AbortController();
  const third = queue.receive({ signal: abort.signal });
  abort.abort(new Error("no"));
  await assert.rejects(third, /no/);
  const again = queue.receive();
  first?.ack();
  assert.equal((await again)?.item, 2);
});

test("leaving a loop loses nothing, and closing ends loops", async (t) => {
  const queue = await spillQueue<number>({ folder: await folderOf(t) });
  for (const item of upTo(3)) await queue.send(item);
  for await (const { item, ack } of queue) {
    ack();
    if (item === 1) break;
  }
  const seen: number[] = [];
  const loop = (async () => {
    for await (const { item } of queue) seen.push(item);
  })();
  await turn();
  await queue.close();
  await loop;
  assert.deepEqual(seen, [2]);
});

test("a folder is opened by one queue at a time, of this process too, and a dead process's lock is taken over", async (t) => {
  const folder = await folderOf(t);
  const queue = await spillQueue<number>({ folder });
  await assert.rejects(spillQueue<number>({ folder }), {
    code: "SPILL_LOCKED",
    details: { pid: process.pid, folder },
  });
  await queue.close();
  const { writeFile } = await import("node:fs/promises");
  for (const left of ["", "{}", JSON.stringify({ pid: process.pid, started: "another boot:1" })]) {
    await writeFile(join(folder, "lock"), left);
    await (await spillQueue<number>({ folder })).close();
  }
});

test("timers are the clock's, and none is left when it is closed", async (t) => {
  const clock = new SimulatedClock();
  const queue = await spillQueue<number>({
    folder: await folderOf(t),
    durable: true,
    fsync: "interval",
    clock,
  });
  await queue.send(1);
  (await queue.receive())?.ack();
  await clock.advance(2_000);
  await queue.close();
  await clock.advance(10_000);
  assert.equal(clock.pendingTimers, 0);
});

test("options out of their range are refused by name", async (t) => {
  const folder = await folderOf(t);
  const wrong: [Partial<SpillOptions<number>>, RegExp][] = [
    [{ memoryItems: 0 }, /^RangeError: memoryItems/],
    [{ diskBytesMax: 1024 }, /^RangeError: diskBytesMax/],
    [{ unackedMax: Number.NaN }, /^RangeError: unackedMax/],
    [{ fsync: "sometimes" as "never" }, /^RangeError: fsync/],
  ];
  for (const [options, message] of wrong) await assert.rejects(spillQueue({ folder, ...options }), message);
});

test("10,000 senders at once share a few writes, and one more is turned away", async (t) => {
  await using queue = await spillQueue<number>({ folder: await folderOf(t), durable: true });
  const sends = upTo(10_000).map((item) => queue.send(item));
  await assert.rejects(queue.send(-1), { code: "TOO_MANY_WAITING" });
  await Promise.all(sends);
  assert.equal((await queue.receive())?.item, 0);
});

test("whatever the schedule, with restarts in it, every item comes in order, at least once, and none is invented", async (t) => {
  const root = await folderOf(t);
  let run = 0;
  const anyStep = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 12 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("take" as const), count: fc.integer({ min: 1, max: 12 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("ack" as const), count: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const), count: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("turn" as const), count: fc.constant(0) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.integer({ min: 1, max: 8 }),
      fc.array(anyStep, { maxLength: 40, size: "max" }),
      async (durable, memoryItems, steps) => {
        const folder = join(root, `${run++}`);
        const options = { folder, durable, memoryItems, diskBytesMax: 2 ** 18, fsync: "never" as const };
        let queue = await spillQueue<{ n: number; pad: string }>(options);
        let [sent, last] = [0, -1];
        let out: { n: number; ack: () => void }[] = [];
        const acked = new Set<number>();
        const sending: Promise<void>[] = [];
        const take = async (count: number, patienceMs: number) => {
          for (let taken = 0; taken < count; taken++) {
            const abort = new AbortController();
            const wait = queue.receive({ signal: abort.signal });
            const timer = setTimeout(() => abort.abort(), patienceMs);
            const delivery = await wait.catch(() => undefined);
            clearTimeout(timer);
            if (!delivery) return false;
            const { n } = delivery.item;
            assert.ok(n > last && n < sent, `${n} after ${last}`);
            // What is passed over was acknowledged before.
            for (let between = last + 1; between < n; between++)
              assert.ok(acked.has(between), `${between} is lost`);
            last = n;
            out.push({ n, ack: delivery.ack });
          }
          return true;
        };
        const ack = (which: number) => {
          const [one] = out.splice(which % out.length, 1);
          one?.ack();
          if (one) acked.add(one.n);
        };
        const reopen = async () => {
          await Promise.all(sending);
          await queue.close();
          queue = await spillQueue(options);
          out = [];
          last = -1;
        };
        for (const { kind, count } of steps) {
          if (kind === "send") {
            for (let n = 0; n < count; n++)
              sending.push(queue.send({ n: sent++, pad: "x".repeat((sent * 37) % 300) }));
          } else if (kind === "take") await take(Math.min(count, sent - 1 - last), 3);
          else if (kind === "ack" && out.length > 0) ack(count);
          else if (kind === "reopen") await reopen();
          else await turn();
        }
        await reopen();
        // Items that are acknowledged after one that is not come again, if they are on disk.
        const end = sent++;
        await queue.send({ n: end, pad: "" });
        while (last < end) await take(1, 60_000);
        for (const n of upTo(sent)) assert.ok(acked.has(n) || out.some((one) => one.n === n), `${n} is lost`);
        while (out.length > 0) ack(0);
        await queue.close();
        assert.deepEqual(await segmentsIn(folder), []);
      },
    ),
    { numRuns: 25 },
  );
});
