import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../time/index.ts";
import { spillQueue } from "./open-spill.ts";

const WRITER = fileURLToPath(new URL("./testing/crashing-writer.ts", import.meta.url));

/** What the writer has to have said before its time runs: a busy machine may take longer over that than the time itself. */
const LINES_MIN = 40;

/** Lets a writer run for a while after it has got going, kills it, and tells what it said. */
async function killed(args: readonly string[], afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let lines = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const before = lines;
    said += text;
    lines += text.split("\n").length - 1;
    if (before < LINES_MIN && lines >= LINES_MIN) sleep(afterMs).then(() => child.kill("SIGKILL"));
  });
  await once(child, "close");
  assert.equal(child.signalCode, "SIGKILL", said.slice(0, 500));
  // The last line may be cut off.
  return said.split("\n").slice(0, -1);
}

for (const { fsync, durable } of [
  { fsync: "always", durable: true },
  { fsync: "never", durable: true },
  { fsync: "never", durable: false },
] as const) {
  const promise = durable ? "every accepted item comes" : "what overflowed comes";
  test(`after kill -9 in the middle of writing (fsync: "${fsync}"), ${promise}, in order, and none is invented`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "spill-crash-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const random = seededRandom(fsync.length);
    const acked = new Set<number>();
    const accepted = new Set<number>();
    let from = 0;
    for (let round = 0; round < 3; round++) {
      const share = [0, 0.5, 1][round] ?? 0;
      const lines = await killed([folder, `${from}`, fsync, `${share}`, `${durable}`], 20 + random() * 120);
      for (const line of lines) {
        const [word, n] = line.split(" ");
        if (word === "accepted") accepted.add(Number(n));
        if (word === "acked") acked.add(Number(n));
      }
      from += 1_000_000;
    }
    const queue = await spillQueue<{ n: number; pad: string }>({
      folder,
      durable: true,
      unackedMax: 1_000_000,
      diskBytesMax: 8 * 2 ** 20,
    });
    await queue.send({ n: -1, pad: "" });
    let last = -1;
    const seen = new Set<number>();
    for await (const { item, ack } of queue) {
      ack();
      if (item.n === -1) break;
      assert.ok(item.n > last, `${item.n} comes after ${last}`);
      assert.equal(item.pad.length, (item.n * 7919) % 2_000);
      seen.add(item.n);
      last = item.n;
    }
    await queue.close();
    assert.ok(accepted.size > 50, `only ${accepted.size} were accepted`);
    // Without `durable`, memory is lost, and nobody outside knows which items were there.
    if (durable)
      for (const n of accepted) assert.ok(seen.has(n) || acked.has(n), `${n} was accepted and is lost`);
    t.diagnostic(`${accepted.size} accepted, ${acked.size} acknowledged, ${seen.size} delivered afterwards`);
  });
}
