import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SegmentLog } from "./segment-log.ts";

async function logOf(t: TestContext): Promise<{ log: SegmentLog; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "spill-log-"));
  const log = new SegmentLog([], { folder, segmentBytes: 4_096, force: true, durable: 0 });
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { log, folder };
}

const record = (sequence: number) => ({ sequence, payload: Buffer.from(`item ${sequence}`) });

test("a segment is not ended under a write, so that what is written can still be forced", async (t) => {
  const { log } = await logOf(t);
  await log.append([record(1)]);
  await log.force();
  const written = log.append([record(2)]);
  // By now the operating system is writing.
  for (let steps = 0; steps < 3; steps++) await Promise.resolve();
  await log.retire();
  await written;
  await log.force();
  assert.equal(log.durable, 2);
});

test("ending a segment forces it, and the next record begins another", async (t) => {
  const { log, folder } = await logOf(t);
  await log.append([record(1)]);
  assert.equal(log.durable, 0);
  void log.retire();
  await log.append([record(2)]);
  assert.equal(log.durable, 1);
  assert.equal((await readdir(folder)).length, 2);
  await log.reclaim(1);
  assert.equal((await readdir(folder)).length, 1);
});

test("what was passed over is not read, and what follows is", async (t) => {
  const { log } = await logOf(t);
  const first = [record(1), record(2)];
  await log.append(first);
  await log.passOver(first.slice(0, 1));
  assert.equal(log.isRead, false);
  const next = await log.next();
  assert.equal(next?.found.kind === "record" && next.found.sequence, 2);
  assert.equal(log.isRead, true);
  // Across the end of a segment too.
  await log.retire();
  await log.append([record(3)]);
  await log.passOver([record(3)]);
  assert.equal(log.isRead, true);
  assert.equal(await log.next(), undefined);
});
