import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SystemSnapshot } from "../run/index.ts";
import { greeter } from "./testing/greeter.ts";
import { freePort, Spawned, trestle } from "./testing/spawned.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function snapshotOf(folder: string): Promise<SystemSnapshot> {
  return JSON.parse((await trestle(folder, "ps", "--json")).out) as SystemSnapshot;
}

function pidsOf(snapshot: SystemSnapshot): number[] {
  return snapshot.parts.flatMap(({ replicas }) =>
    replicas.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  );
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("a system that runs", { concurrency: false }, () => {
  test("up says when it is ready and where, and after Ctrl-C nothing is left of it", async () => {
    await using system = await greeter();
    await using up = new Spawned(["up"], { folder: system.folder });
    await up.said("Ctrl-C stops it.");
    assert.match(up.out, /^greeter: starting 3 processes \(system\.ts\)\n/);
    assert.match(up.out, /hello\.2: ready after /);
    assert.match(
      up.out,
      new RegExp(`front    ${system.url.slice(0, -1)}\\n  try      curl -i ${system.url}\\n`),
    );
    assert.match(await text(system.url), /^hello from \d+\n$/);
    const pids = pidsOf(await snapshotOf(system.folder));
    assert.equal(pids.length, 3);

    up.signal("SIGINT");
    assert.equal(await up.exited, 0);
    assert.match(up.out, /Stopping\.\n[\s\S]*greeter stopped\.\n$/);
    assert.deepEqual(pids.filter(isAlive), []);
    await assert.rejects(fetch(system.url));
    assert.equal(up.err, "");
  });

  test("ps, scale, restart and logs say what they did, and down ends up with exit code 0", async () => {
    await using system = await greeter();
    const { folder } = system;
    await using up = new Spawned(["up"], { folder });
    await up.said("Ctrl-C stops it.");

    const ps = await trestle(folder, "ps");
    assert.match(ps.out, /^greeter ready, up for .* \(system\.ts\)\n/);
    assert.match(ps.out, /^hello\.2 +service +ready +.* \d+ MiB +\d+ +\d+$/m);
    const scaled = await trestle(folder, "scale", "hello", "3");
    assert.match(scaled.out, /^hello has 3 replicas now, all ready \(before: 2\), after /m);
    const before = pidsOf(await snapshotOf(folder));
    const restarted = await trestle(folder, "restart", "--json");
    assert.deepEqual(JSON.parse(restarted.out).restarted, ["hello"]);
    const after = pidsOf(await snapshotOf(folder));
    assert.equal(after.filter((pid) => before.includes(pid)).length, 1, "only the edge is the same process");
    const logs = await trestle(folder, "logs", "hello.3");
    assert.match(logs.out, /^\d\d:\d\d:\d\d hello\.3 +│ listening$/m);
    assert.doesNotMatch(logs.out, /hello\.1/);

    const { out: address } = await trestle(folder, "console");
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]{43}\n$/);
    assert.ok(up.out.includes(`console  ${address}`), "as up has said it");
    assert.match(await text(address), /<title>|npm run build:console/);

    const unknown = await trestle(folder, "restart", "helo");
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.err, /^trestle: greeter has no part helo \(did you mean hello\?\): it has /);
    const again = await trestle(folder, "up");
    assert.equal(again.exitCode, 1);
    assert.equal(again.out, "");
    assert.match(again.err, /^trestle: greeter already runs here/);

    const down = await trestle(folder, "down");
    assert.equal(down.exitCode, 0);
    assert.match(down.out, /^stopping greeter\n[\s\S]*greeter stopped in .*\n$/);
    assert.equal(await up.exited, 0);
  });

  test("up --json is a line of JSON an event, and one with the addresses when it is ready", async () => {
    await using system = await greeter();
    await using up = new Spawned(["up", "--json"], { folder: system.folder });
    await up.said('"type":"ready"');
    up.signal("SIGTERM");
    assert.equal(await up.exited, 0);
    const events = up.out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    assert.deepEqual(events.at(0), { ...events.at(0), type: "system", state: "starting" });
    assert.deepEqual(events.at(-1), { ...events.at(-1), type: "system", state: "stopped" });
    const ready = events.find(({ type }) => type === "ready");
    assert.equal(
      ready.snapshot.parts.find(({ name }: { name: string }) => name === "front").url,
      system.url.slice(0, -1),
    );
    assert.ok(!events.some(({ type }) => type === "log"));
  });

  test("up --detach returns when it is ready, the system goes on, and its logs outlive it", async () => {
    await using system = await greeter();
    const { folder } = system;
    const up = await trestle(folder, "up", "--detach");
    assert.equal(up.exitCode, 0, up.err);
    assert.match(up.out, /Ready in .*\n[\s\S]*It goes on in the background: `trestle down` stops it\.\n/);
    assert.match(await text(system.url), /^hello/);
    const pids = [...pidsOf(await snapshotOf(folder)), (await snapshotOf(folder)).pid];
    const again = await trestle(folder, "up", "--detach");
    assert.equal(again.exitCode, 1);
    assert.match(again.err, /^trestle: greeter already runs here/);
    assert.equal((await trestle(folder, "down")).exitCode, 0);
    assert.deepEqual(pids.filter(isAlive), []);

    const logs = await trestle(folder, "logs", "hello");
    assert.equal(logs.exitCode, 0);
    assert.match(logs.err, /^greeter does not run; this is from the run that ended /);
    assert.equal(logs.out.match(/│ listening$/gm)?.length, 2);
    // A reader that has enough ends the writer, without a word of complaint.
    const piped = spawnSync(
      "sh",
      ["-c", `"$0" "$1" logs | head -n 1`, process.execPath, join(ROOT, "bin", "trestle.js")],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    assert.match(piped.stdout, /^.*│ listening\n$/);
    assert.doesNotMatch(piped.stderr, /EPIPE|Error/);
  });

  test("a task that fails is told with its last words, and up --detach exits with 1 while the rest goes on", async () => {
    const parts = `more.push(task("seed", { command: ["sh", "-c", "echo no such table >&2; exit 3"] }));`;
    await using system = await greeter({ parts });
    const { folder } = system;
    const up = await trestle(folder, "up", "-d");
    assert.equal(up.exitCode, 1);
    assert.match(
      up.out,
      /seed: failed: exited with code 3\n[\s\S]*when it is mended: trestle restart seed\n/,
    );
    assert.match(up.out, /greeter is not ready, and goes on trying in the background/);
    assert.match((await trestle(folder, "ps")).out, /^greeter degraded[\s\S]*^hello\.1: waits for seed$/m);
    assert.match((await trestle(folder, "logs", "seed")).out, /│ no such table$/m);
    assert.equal((await trestle(folder, "down")).exitCode, 0);
  });

  test("Ctrl-C before the system is ready stops it in order, and up exits with 1", async () => {
    const parts = `more.push(task("seed", { command: ["sleep", "600"] }));`;
    await using system = await greeter({ parts });
    await using up = new Spawned(["up"], { folder: system.folder });
    await up.said("seed: starting: waits for its command to end");
    up.signal("SIGINT");
    assert.equal(await up.exited, 1);
    assert.match(up.out, /greeter stopped\.\n$/);
  });
});

describe("what cannot run", { concurrency: false }, () => {
  test("a port that another program has is named, with the mend, and nothing is started", async () => {
    await using system = await greeter();
    await using taken = new Spawned(["serve", "cache", "--port", `${system.port}`], {
      folder: system.folder,
    });
    await taken.said("Serving cache");
    const up = await trestle(system.folder, "up");
    assert.equal(up.exitCode, 1);
    assert.equal(up.out, "");
    assert.match(up.err, new RegExp(`^trestle: front cannot listen on port ${system.port}.*another program`));
    taken.signal("SIGINT");
    assert.equal(await taken.exited, 0);
  });

  test("a design with a mistake gets the file, the place and the mend, and exit code 1", async () => {
    await using system = await greeter();
    system.write(
      "system.ts",
      `import { cache, system } from "trestle";\nexport default system("x", { parts: [cache("hot", { memory: "64 Mib" as never })] });\n`,
    );
    const up = await trestle(system.folder, "up");
    assert.equal(up.exitCode, 1);
    assert.equal(up.out, "");
    assert.match(up.err, /^trestle: [\s\S]*system\.ts:2[\s\S]*MiB/);
    assert.doesNotMatch(up.err, /^ {4}at /m);
    const json = await trestle(system.folder, "up", "--json");
    assert.equal(JSON.parse(json.err).error.problems.length, 1);
  });

  test("a folder without a design says so", async () => {
    await using system = await greeter();
    rmSync(join(system.folder, "system.ts"));
    const up = await trestle(system.folder, "up");
    assert.equal(up.exitCode, 1);
    assert.match(up.err, /^trestle: [\s\S]*system\.ts/);
  });
});

test("what init writes runs as it is: a guestbook that keeps what is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trestle-template-"));
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const init = await trestle(folder, "init", "demo");
    assert.match(init.out, /Next:\n\n {2}trestle up demo\n/);
    const design = join(folder, "demo", "system.ts");
    const port = await freePort();
    writeFileSync(design, readFileSync(design, "utf8").replace("port: 8080", `port: ${port}`));
    await using up = new Spawned(["up", "demo"], { folder });
    await up.said("Ctrl-C stops it.");
    const url = `http://127.0.0.1:${port}`;
    const signed = await fetch(`${url}/entries`, {
      method: "POST",
      body: new URLSearchParams({ name: "Ada", message: "Hello <b>" }),
      redirect: "manual",
    });
    assert.equal(signed.status, 303);
    assert.match(await text(url), /<li><b>Ada<\/b>: Hello &#60;b&#62;<\/li>/);
    const [entry] = JSON.parse(await text(`${url}/entries`));
    assert.equal(entry.message, "Hello <b>");
    assert.equal((await fetch(`${url}/entries`, { method: "POST", body: "name=" })).status, 400);
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    up.signal("SIGINT");
    assert.equal(await up.exited, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a reader that takes its time gets every line, though the command that wrote them is done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trestle-reader-"));
  try {
    const run = join(folder, ".trestle", "demo", "runs", "20260101T000000.000Z-0000");
    mkdirSync(join(run, "logs"), { recursive: true });
    writeFileSync(
      join(run, "design.json"),
      '{"version":1,"name":"demo","requires":{},"parts":[{"name":"api"}]}',
    );
    const line = { type: "log", part: "api", replica: "api.1", stream: "stdout", text: "x".repeat(100) };
    const lines = Array.from({ length: 5_000 }, (_, timeMs) => JSON.stringify({ timeMs, ...line }));
    writeFileSync(join(run, "logs", "api.jsonl"), `${lines.join("\n")}\n`);
    const args = [process.execPath, join(ROOT, "bin", "trestle.js")];
    const script = `"$0" "$1" logs --lines 5000 | (sleep 1; wc -l)`;
    const { stdout } = spawnSync("sh", ["-c", script, ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(stdout.trim(), "5000");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the starter", () => {
  const system = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
    if (!existsSync(path)) return false;
    const major = Number.parseInt(
      execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }),
      10,
    );
    return major >= 20 && major < 24;
  });
  const skip = system === undefined && "this machine has no Node from 20 to 23";

  test("an older Node starts the one that is installed with Trestle, and passes signals and exit codes on", {
    skip,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "trestle-starter-"));
    try {
      await using wrong = new Spawned(["nonsense"], { folder, node: system ?? "" });
      assert.equal(await wrong.exited, 2);
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        await using serving = new Spawned(["serve", "cache", "--port", "0"], { folder, node: system ?? "" });
        await serving.said("Ctrl-C stops it.");
        serving.signal(signal);
        assert.equal(await serving.exited, 0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("where there is no other Node, it says which one is needed and how to get it", { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "trestle-starter-"));
    try {
      cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
      writeFileSync(join(folder, "package.json"), '{"type":"module"}');
      const { status, stderr } = spawnSync(system ?? "", [join(folder, "bin", "trestle.js"), "up"], {
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.match(stderr, /^trestle: Node 24 or newer is needed, and this is Node 2\d\./);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
