import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { spillQueue } from "./open-spill.ts";
import { PositionFile } from "./position-file.ts";

const PAD = "x".repeat(1_000);

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spill-restart-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const segmentsIn = async (folder: string) => (await readdir(folder)).filter((name) => /segment$/.test(name));

test("a full queue whose process was killed before it deleted what was acknowledged has room again", async (t) => {
  const folder = await folderOf(t);
  const options = { folder, durable: true, fsync: "never", diskBytesMax: 65_536, whenFull: "error" } as const;
  const before = await spillQueue<string>(options);
  let sent = 0;
  for (let isFull = false; !isFull; )
    await before.send(PAD).then(
      () => sent++,
      () => {
        isFull = true;
      },
    );
  await before.close();
  const { file } = await PositionFile.open(folder);
  await file.write({ acknowledged: sent, durable: 0 }, { force: false });
  await file.close();

  await using after = await spillQueue<string>(options);
  assert.equal(after.diskBytes, 0);
  await after.send("again");
  assert.equal((await after.receive())?.item, "again");
});

test("an abort that comes while the item is being written does not tell that it is not delivered", async (t) => {
  const folder = await folderOf(t);
  const options = { folder, durable: true, fsync: "never", diskBytesMax: 65_536 } as const;
  await using queue = await spillQueue<string>(options);
  const abort = new AbortController();
  const sends = Array.from({ length: 64 }, (_, n) => queue.send(`${n} ${PAD}`, { signal: abort.signal }));
  const fates = sends.map((sent) =>
    sent.then(
      () => "accepted",
      () => "refused",
    ),
  );
  const delivered: string[] = [];
  // Each segment that is done with lets some in that waited; the abort comes between that and the end of their write.
  let turns = 0;
  while (delivered.length < 16) {
    const delivery = await queue.receive();
    delivered.push(delivery?.item ?? "");
    delivery?.ack();
  }
  while (queue.diskBytes > 60_000 && turns++ < 10_000) await Promise.resolve();
  abort.abort();
  const said = await Promise.all(fates);
  await queue.send("end");
  for (;;) {
    const delivery = await queue.receive();
    delivery?.ack();
    if (!delivery || delivery.item === "end") break;
    delivered.push(delivery.item);
  }
  const accepted = said.flatMap((fate, n) => (fate === "accepted" ? [n] : []));
  assert.deepEqual(
    delivered.map((item) => Number(item.split(" ")[0])),
    accepted,
  );
});

test("what closing saves of memory lies in segments no larger than others", async (t) => {
  const folder = await folderOf(t);
  const options = { folder, fsync: "never", diskBytesMax: 65_536 } as const;
  const first = await spillQueue<string>(options);
  for (let n = 0; n < 40; n++) await first.send(`${n} ${PAD}`);
  await first.close();
  const names = await segmentsIn(folder);
  assert.ok(names.length >= 10);
  for (const name of names) assert.ok((await stat(join(folder, name))).size <= 65_536 / 16 + 20, name);
  await using again = await spillQueue<string>(options);
  for (let n = 0; n < 40; n++) assert.equal((await again.receive())?.item, `${n} ${PAD}`);
});

test("links, pipes and folders among the segments are damage: never followed, waited for or deleted", async (t) => {
  const name = "0000000000000007.segment";
  for (const kind of ["link", "broken link", "pipe", "folder"]) {
    const root = await folderOf(t);
    const [folder, other] = [join(root, "queue"), join(root, "other")];
    await mkdir(folder);
    await writeFile(other, "somebody's");
    const path = join(folder, name);
    if (kind === "link") await symlink(other, path);
    if (kind === "broken link") await symlink(join(root, "none"), path);
    if (kind === "pipe") await promisify(execFile)("mkfifo", [path]);
    if (kind === "folder") await mkdir(path);
    await assert.rejects(spillQueue({ folder }), { code: "SPILL_CORRUPT" }, kind);
    const damages: string[] = [];
    const onDamage = ({ what }: { what: string }) => {
      damages.push(what);
      throw new Error("the listener's own trouble");
    };
    await using queue = await spillQueue<string>({ folder, whenCorrupt: "skip", onDamage });
    assert.deepEqual(damages, ["it is no file"], kind);
    await queue.send("works");
    assert.equal((await queue.receive())?.item, "works");
    assert.equal(await readFile(other, "utf8"), "somebody's");
    assert.ok((await readdir(folder)).includes(name), kind);
  }
});
