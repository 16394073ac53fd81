import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { RunEvent } from "../../control-api/index.ts";
import { identityOfChild } from "../process-identity.ts";
import { temporaryFolder, until } from "../testdata/stage.ts";
import { run, script, task } from "../testdata/system.ts";
import { findRunning, stateFolders } from "./control-client.ts";

const TICKING = "n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.05; done";

/** Puts a control file where a system of that name would have it. */
function leave(folder: string, name: string, content: unknown): void {
  const state = join(folder, ".trestle", name);
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "control.json"), typeof content === "string" ? content : JSON.stringify(content));
}

describe("finding a running system", () => {
  test("works by its folder, by its design file and through a link to that", async (t) => {
    const { folder, stateFolder } = await run(t, [task("seed", "true")]);
    writeFileSync(join(folder, "system.ts"), "");
    symlinkSync(join(folder, "system.ts"), join(folder, "link.ts"));
    for (const path of [folder, join(folder, "system.ts"), join(folder, "link.ts")]) {
      const control = await findRunning(path);
      assert.equal(control.folder, stateFolder);
      assert.equal((await control.snapshot()).system, "demo");
    }
    assert.deepEqual(stateFolders(join(folder, "system.ts")), [stateFolder]);
  });

  test("never takes the system of another file for the one that was named", async (t) => {
    const { folder } = await run(t, [task("seed", "true")]);
    writeFileSync(join(folder, "other.ts"), "");
    await assert.rejects(findRunning(join(folder, "other.ts")), {
      code: "NOT_RUNNING",
      message: /^no system runs at .*other\.ts \(beside it, .*system\.ts runs\)/,
    });
  });

  test("asks for the file where several systems run in a folder", async (t) => {
    const folder = temporaryFolder(t);
    const supervisor = identityOfChild(process.pid);
    for (const name of ["one", "two"])
      leave(folder, name, { version: 1, port: 1, token: "t", file: join(folder, `${name}.ts`), supervisor });
    await assert.rejects(findRunning(folder), { code: "SEVERAL_RUNNING", message: /one\.ts, .*two\.ts/ });
    assert.equal((await findRunning(join(folder, "two.ts"))).folder, join(folder, ".trestle", "two"));
  });

  test("is not misled by a control file that is stale or damaged, or by a folder without any", async (t) => {
    const folder = temporaryFolder(t);
    const { pid, started } = identityOfChild(process.pid);
    const stale = { version: 1, port: 1, token: "t", file: join(folder, "system.ts") };
    leave(folder, "ended", { ...stale, supervisor: { pid, started: `${started}0` } });
    for (const [index, damage] of ["", "null", "{}", "[]", '{"version":1,"po', { ...stale }].entries())
      leave(folder, `damaged-${index}`, damage);
    await assert.rejects(findRunning(folder), { code: "NOT_RUNNING", message: /`trestle up` starts one/ });
    await assert.rejects(findRunning(join(folder, "nowhere", "system.ts")), { code: "NOT_RUNNING" });
  });
});

describe("a client of a running system", () => {
  test("reads the last lines, of the parts asked for", async (t) => {
    const { folder, events } = await run(t, [
      task("seed", "for n in 1 2 3; do echo seed $n; done"),
      task("other", "echo other"),
    ]);
    await until("four lines", () => events.filter(({ type }) => type === "log").length === 4);
    const control = await findRunning(folder);
    const { signal } = new AbortController();
    const read = async (lines: number, ...parts: string[]) => {
      const texts: string[] = [];
      for await (const { text } of control.logs({ parts, lines, follow: false, signal })) texts.push(text);
      return texts;
    };
    assert.deepEqual(await read(2, "seed"), ["seed 2", "seed 3"]);
    assert.equal((await read(100)).length, 4);
    assert.deepEqual(await read(0), []);
    await assert.rejects(read(5, "nobody"), { code: "NO_SUCH_PART" });
  });

  test("follows the lines without a gap between those that were and those that come", async (t) => {
    const { folder, reaches } = await run(t, [script("worker", TICKING)]);
    await reaches("worker.1", "starting");
    const control = await findRunning(folder);
    const over = new AbortController();
    const numbers: number[] = [];
    for await (const { text } of control.logs({ lines: 1_000, follow: true, signal: over.signal })) {
      numbers.push(Number(text.replace("tick ", "")));
      if (numbers.length === 12) over.abort();
    }
    assert.deepEqual(
      numbers.slice(0, 12),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  test("hears what happens until the system has stopped, and then its stream ends", async (t) => {
    const { system, folder } = await run(t, [script("worker", TICKING)]);
    const control = await findRunning(folder);
    const heard: RunEvent[] = [];
    const { signal } = new AbortController();
    const listening = (async () => {
      for await (const event of control.events({ signal })) heard.push(event);
    })();
    const following = (async () => {
      for await (const _ of control.logs({ lines: 0, follow: true, signal })) void _;
    })();
    await assert.rejects(control.scale("worker", 0), { code: "NOT_POSSIBLE" });
    await assert.rejects(control.restart("nobody"), { code: "NO_SUCH_PART" });
    const gone = control.down();
    await Promise.all([gone, listening, following, system.ended]);
    assert.deepEqual(
      heard.flatMap((event) => (event.type === "system" ? [event.state] : [])),
      ["stopping", "stopped"],
    );
    assert.ok(heard.every(({ type }) => type !== "log"));
    await assert.rejects(findRunning(folder), { code: "NOT_RUNNING" });
  });
});
