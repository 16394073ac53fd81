import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { crc32 } from "node:zlib";
import type { Damage } from "./damage.ts";
import { spillQueue } from "./open-spill.ts";
import { RECORD_HEAD_BYTES, SEGMENT_HEAD_BYTES } from "./record.ts";
import { SegmentWriter, type WritableFile } from "./segment.ts";

const OPTIONS = { durable: true, fsync: "never", diskBytesMax: 64 * 1024 } as const;

/** Each item takes as many bytes on disk, and a segment holds 9 of them. */
const PAD = "x".repeat(400);
const RECORD_BYTES = RECORD_HEAD_BYTES + JSON.stringify(`00${PAD}`).length;

async function folderOf(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "spill-damage-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  return join(root, "queue");
}

/** A folder with `count` items, as a process leaves it that is killed (or that closes). */
async function leftBehind(
  t: TestContext,
  count: number,
  how: "killed" | "closed",
  fsync: "always" | "never" = "never",
) {
  const folder = await folderOf(t);
  const queue = await spillQueue<string>({ folder, ...OPTIONS, fsync });
  for (let n = 0; n < count; n++) await queue.send(`${String(n).padStart(2, "0")}${PAD}`);
  if (how === "killed") {
    const copy = `${folder}-copy`;
    await cp(folder, copy, { recursive: true });
    await rm(join(copy, "lock"));
    await queue.close();
    return copy;
  }
  await queue.close();
  return folder;
}

async function segmentsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".segment")).sort();
  return names.map((name) => join(folder, name));
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  await writeFile(path, bytes);
}

/** Opens the folder and tells the numbers of the items in it. */
async function read(folder: string, whenCorrupt: "error" | "skip" = "error") {
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => void damages.push(damage);
  const queue = await spillQueue<string>({ folder, ...OPTIONS, whenCorrupt, onDamage });
  const items: number[] = [];
  try {
    await queue.send("end");
    for await (const { item } of queue) {
      if (item === "end") break;
      items.push(Number(item.slice(0, 2)));
    }
  } finally {
    await queue.close();
  }
  return { items, damages, tornBytes: queue.tornBytes };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test("a segment that a killed process left cut off at any byte opens with every whole item", async (t) => {
  const folder = await leftBehind(t, 12, "killed");
  const newest = (await segmentsIn(folder)).at(-1) ?? "";
  const { length } = await readFile(newest);
  assert.equal(length, SEGMENT_HEAD_BYTES + 3 * RECORD_BYTES);
  // Every byte of the head of a record and of its payload's edges, and of the segment's own head.
  const at = SEGMENT_HEAD_BYTES + 2 * RECORD_BYTES;
  const cuts = [
    ...upTo(SEGMENT_HEAD_BYTES + 1),
    ...upTo(RECORD_HEAD_BYTES + 3).map((more) => at + more),
    length - 1,
  ];
  for (const cut of cuts) {
    const copy = `${folder}-${cut}`;
    await cp(folder, copy, { recursive: true });
    await truncate(join(copy, newest.slice(folder.length)), cut);
    const { items, tornBytes } = await read(copy);
    const whole = Math.max(0, Math.floor((cut - SEGMENT_HEAD_BYTES) / RECORD_BYTES));
    assert.deepEqual(items, upTo(9 + whole), `cut off at ${cut}`);
    if (cut >= SEGMENT_HEAD_BYTES) {
      assert.equal(tornBytes, (cut - SEGMENT_HEAD_BYTES) % RECORD_BYTES);
    }
    // What was cut off stays so when other segments have come after it.
    assert.deepEqual(await read(copy), { items, damages: [], tornBytes: 0 });
    await rm(copy, { recursive: true });
  }
});

test("a damaged item in the middle stops the reader, or is passed over and reported, as was declared", async (t) => {
  const folder = await leftBehind(t, 20, "closed");
  const [file = ""] = await segmentsIn(folder);
  const offset = SEGMENT_HEAD_BYTES + 2 * RECORD_BYTES;
  await flip(file, offset + RECORD_HEAD_BYTES + 5);
  const copy = `${folder}-copy`;
  await cp(folder, copy, { recursive: true });

  const queue = await spillQueue<string>({ folder, ...OPTIONS });
  for (const n of [0, 1]) assert.equal((await queue.receive())?.item.slice(0, 2), `0${n}`);
  const corrupt = { code: "SPILL_CORRUPT", details: { file, offset, end: offset + RECORD_BYTES } };
  await assert.rejects(queue.receive(), corrupt);
  // It stays so, whatever is sent after it.
  await queue.send("later");
  await assert.rejects(queue.receive(), corrupt);
  await queue.close();

  const { items, damages } = await read(copy, "skip");
  assert.deepEqual(
    items,
    upTo(20).filter((n) => n !== 2),
  );
  assert.deepEqual(
    damages.map((damage) => damage.offset),
    [offset],
  );
});

test("behind a damaged record head the rest of that segment is passed over, and no more", async (t) => {
  const folder = await leftBehind(t, 20, "closed");
  const [file = ""] = await segmentsIn(folder);
  const offset = SEGMENT_HEAD_BYTES + 4 * RECORD_BYTES;
  await flip(file, offset + 1);
  const { items, damages } = await read(folder, "skip");
  assert.deepEqual(items, [...upTo(4), ...upTo(20).slice(9)]);
  assert.deepEqual(damages, [
    { file, offset, end: SEGMENT_HEAD_BYTES + 9 * RECORD_BYTES, what: "a checksum does not match" },
  ]);
});

test("damage in the newest segment is told when the folder is opened, and never taken for a torn end", async (t) => {
  const folder = await leftBehind(t, 12, "killed");
  const newest = (await segmentsIn(folder)).at(-1) ?? "";
  await flip(newest, SEGMENT_HEAD_BYTES + 3);
  await assert.rejects(spillQueue({ folder, ...OPTIONS }), { code: "SPILL_CORRUPT" });
  // Refusing gave the lock back.
  const { items, damages } = await read(folder, "skip");
  assert.deepEqual(items, upTo(9));
  assert.ok(damages.length >= 1);
});

test("what was saved for certain and has gone since is told, not taken for a torn end", async (t) => {
  for (const loss of ["cut", "flipped", "deleted"]) {
    const folder = await leftBehind(t, 12, "closed", "always");
    const newest = (await segmentsIn(folder)).at(-1) ?? "";
    const { length } = await readFile(newest);
    if (loss === "cut") await truncate(newest, length - 1);
    if (loss === "flipped") await flip(newest, length - 1);
    if (loss === "deleted") await rm(newest);
    await assert.rejects(spillQueue({ folder, ...OPTIONS }), { code: "SPILL_CORRUPT" }, loss);
  }
});

test("a damaged segment head costs that segment, if it may be passed over", async (t) => {
  const folder = await leftBehind(t, 20, "closed");
  const [first = ""] = await segmentsIn(folder);
  await flip(first, 2);
  await assert.rejects(spillQueue({ folder, ...OPTIONS }), { code: "SPILL_CORRUPT" });
  const { items, damages } = await read(folder, "skip");
  assert.deepEqual(items, upTo(20).slice(9));
  assert.equal(damages[0]?.file, first);
});

test("what a newer version wrote is refused, in segments and in the position", async (t) => {
  const folder = await leftBehind(t, 3, "closed");
  const [segment = ""] = await segmentsIn(folder);
  const bytes = await readFile(segment);
  bytes.writeUInt16LE(7, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  await writeFile(segment, bytes);
  const tooNew = { code: "SPILL_TOO_NEW", details: { file: segment, version: 7, known: 1 } };
  for (const whenCorrupt of ["error", "skip"] as const) {
    await assert.rejects(spillQueue({ folder, ...OPTIONS, whenCorrupt }), tooNew);
  }

  const other = await leftBehind(t, 3, "closed");
  const position = await readFile(join(other, "position"));
  for (const at of [0, 512]) {
    if (position.length < at + 36) continue;
    position.writeUInt16LE(2, at + 4);
    position.writeUInt32LE(crc32(position.subarray(at, at + 32)), at + 32);
  }
  await writeFile(join(other, "position"), position);
  await assert.rejects(spillQueue({ folder: other, ...OPTIONS }), { code: "SPILL_TOO_NEW" });
});

test("a position that is lost or spoilt sets the queue back, and loses nothing", async (t) => {
  for (const spoilt of ["", "x", "\0".repeat(600), "spos".repeat(200)]) {
    const folder = await leftBehind(t, 12, "closed");
    await writeFile(join(folder, "position"), spoilt);
    assert.deepEqual((await read(folder)).items, upTo(12));
  }
});

test("an item that cannot be deserialized is damage like any other", async (t) => {
  const folder = await leftBehind(t, 3, "closed");
  const deserialize = (bytes: Uint8Array) => {
    const item = JSON.parse(Buffer.from(bytes).toString());
    if (item.startsWith("01")) throw new Error("what is this?");
    return item;
  };
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => void damages.push(damage);
  const queue = await spillQueue<string>({ folder, ...OPTIONS, deserialize, whenCorrupt: "skip", onDamage });
  assert.deepEqual(
    [(await queue.receive())?.item.slice(0, 2), (await queue.receive())?.item.slice(0, 2)],
    ["00", "02"],
  );
  assert.match(damages[0]?.what ?? "", /what is this\?/);
  await queue.close();
});

test("a write that the disk has no room for leaves the segment as it was, and the next goes on from there", async () => {
  let bytes = Buffer.alloc(0);
  let room = 90;
  const file: WritableFile = {
    // A file of a disk that gets full, which writes what it still can, as a disk does.
    write: (async (from: Uint8Array, offset: number, length: number, position: number) => {
      const bytesWritten = Math.min(length, room - position);
      if (bytesWritten <= 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const grown = Buffer.alloc(Math.max(bytes.length, position + bytesWritten));
      bytes.copy(grown);
      grown.set(from.subarray(offset, offset + bytesWritten), position);
      bytes = grown;
      return { bytesWritten, buffer: from };
    }) as WritableFile["write"],
    truncate: async (length) => {
      bytes = bytes.subarray(0, length ?? 0);
    },
    datasync: async () => {},
    close: async () => {},
  };
  const segment = { path: "none", first: 1, last: 0, bytes: 0 };
  const writer = new SegmentWriter(segment, file);
  await writer.append([{ sequence: 1, payload: Buffer.from("one") }]);
  const before = Buffer.from(bytes);
  await assert.rejects(writer.append([{ sequence: 2, payload: Buffer.alloc(100) }]), { code: "ENOSPC" });
  assert.deepEqual(bytes, before);
  assert.deepEqual([segment.last, segment.bytes], [1, before.length]);
  room = 1_000;
  await writer.append([{ sequence: 3, payload: Buffer.from("three") }]);
  assert.deepEqual([segment.last, segment.bytes], [3, bytes.length]);
});
