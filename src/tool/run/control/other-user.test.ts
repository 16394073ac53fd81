import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { post, spansRequest } from "../telemetry/receiver/receiver-fixture.ts";
import { type AttackedSystem, attackedSystem, statusOf, tokenOfServices } from "./testing/attacked-system.ts";

/** A user who owns nothing here. */
const NOBODY = 65_534;
const CANNOT = "only root can act as another user, and only where setpriv is";

test("a running system against another user of the machine", async (t) => {
  const isPossible = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;
  if (!isPossible) return t.skip(CANNOT);
  const system = await attackedSystem(t, [
    { kind: "cache", name: "hot", memoryBytes: 16 * 1024 * 1024 },
    { kind: "database", name: "links" },
  ]);
  // However open the folders around it are.
  chmodSync(system.staged.folder, 0o755);
  chmodSync(dirname(system.staged.stateFolder), 0o755);
  for (const [promise, attack] of Object.entries(ATTACKS)) {
    await t.test(promise, (inner) => attack(system, inner));
  }
});

const ATTACKS: Readonly<Record<string, (system: AttackedSystem, t: TestContext) => Promise<void>>> = {
  async "reads neither the key nor the design, the runs, the logs or the data"({ staged }) {
    const { folder, stateFolder } = staged;
    for (const name of ["control.json", "token", "runs", "hot/password", "links/sql.json", "lock"]) {
      assert.ok(existsSync(join(stateFolder, name)), `${name} is there`);
      assert.notEqual(asNobody("cat", join(stateFolder, name)).status, 0, name);
      assert.notEqual(asNobody("ls", join(stateFolder, name)).status, 0, name);
    }
    const readable = asNobody("find", folder, "-type", "f", "-readable").stdout.trim().split("\n");
    assert.deepEqual(
      readable.filter((path) => !path.endsWith("/.trestle/.gitignore")),
      [],
    );
    assert.equal(asNobody("find", folder, "-writable").stdout, "");
  },

  async "finds no secret in what the machine tells of processes"(system) {
    const { staged, token } = system;
    const secrets = [token, tokenOfServices(system), readFileSync(join(staged.stateFolder, "hot/password"))];
    const told = asNobody("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null").stdout;
    assert.ok(told.length > 1_000, "it tells something");
    for (const secret of secrets) {
      const text = String(secret).trim();
      assert.ok(text.length > 20);
      assert.ok(!told.includes(text));
    }
  },

  async "finds nothing in the processes that run as a user of their own, whose environment they may read"({
    staged,
    token,
  }) {
    const ofPostgres = staged.replica("links")?.pid;
    assert.ok(ofPostgres);
    const environment = readFileSync(`/proc/${ofPostgres}/environ`, "latin1");
    assert.ok(!environment.includes(token));
    assert.doesNotMatch(environment, /OTEL_EXPORTER_OTLP|Bearer/);
  },

  async "gets nothing from any port but a refusal"(system) {
    const { port, telemetryPort } = system;
    for (const path of ["/v1/system", "/v1/live", "/v1/logs", "/metrics", "/v1/runs"]) {
      const answer = await system.raw([`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`]);
      assert.equal(statusOf(answer), 401, path);
      assert.ok(answer.length < 600, "nor does the refusal tell of the system");
    }
    for (const token of ["", "x", system.token]) {
      const answer = await post({ port: telemetryPort, token, body: spansRequest(3) });
      assert.equal(answer.status, 401, "the key of the one does not open the other");
    }
    const { text } = await system.ask("GET", "/v1/telemetry");
    assert.match(text, /"traces":\{"received":0/);
  },

  async "holds every socket on loopback alone"({ staged }) {
    const listening = new Set<string>();
    for (const pid of [process.pid, ...staged.pids()]) {
      const own = new Set(inodesOf(pid));
      for (const file of ["tcp", "tcp6"]) {
        for (const row of readFileSync(`/proc/net/${file}`, "utf8").split("\n").slice(1)) {
          const fields = row.trim().split(/\s+/);
          if (fields[3] === "0A" && own.has(fields[9] ?? "")) listening.add(fields[1]?.split(":")[0] ?? "");
        }
      }
    }
    assert.deepEqual([...listening], ["0100007F"]);
  },
};

function asNobody(command: string, ...args: string[]): { status: number | null; stdout: string } {
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const { status, stdout } = spawnSync("setpriv", [...user, command, ...args], {
    encoding: "latin1",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout };
}

function inodesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const { stdout } = spawnSync("readlink", [`/proc/${pid}/fd/${fd}`], { encoding: "utf8" });
    return /^socket:\[(\d+)\]/.exec(stdout)?.[1] ?? [];
  });
}
