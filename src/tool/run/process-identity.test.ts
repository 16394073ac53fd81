import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { identityOf, identityOfChild, isAlive, isOfThisBoot, statOf } from "./process-identity.ts";
import { startProgram } from "./testdata/program.ts";

describe("the identity of a process", () => {
  test("stays the same while it runs, and is none's once it has ended", async (t) => {
    const { identity, process, firstLine, exited } = startProgram(t, "sh", ["-c", "echo up; exec sleep 60"]);
    await firstLine;
    assert.deepEqual(identityOf(identity.pid), identity);
    assert.ok(isAlive(identity));
    process.kill("SIGKILL");
    await exited;
    assert.equal(isAlive(identity), false);
    assert.equal(identityOf(identity.pid), undefined);
  });

  test("is its own until its last thread has ended, for that one may hold its ports", {
    skip: linuxAlone(),
  }, async (t) => {
    for (let time = 0; time < 5; time++) {
      const idle = "console.log('up'); setInterval(() => {}, 1_000)";
      const { identity, process: ending, firstLine } = startProgram(t, process.execPath, ["-e", idle]);
      await firstLine;
      ending.kill("SIGKILL");
      // Without a pause: it is asked after by the event loop of this process, and stays a zombie until then.
      while (isAlive(identity));
      assert.deepEqual([statOf(identity.pid)?.state, statOf(identity.pid)?.threads], ["Z", 1]);
    }
  });

  test("tells a process from a later one that was given its number", () => {
    const mine = identityOfChild(process.pid);
    assert.ok(isAlive(mine));
    assert.equal(isAlive({ pid: mine.pid, started: `${mine.started}0` }), false);
  });

  test("is found for a process whose name has spaces and parentheses", async (t) => {
    const script = "printf ') R 1 2 (x' > /proc/self/comm 2>/dev/null; echo up; read nothing < /dev/zero";
    const { identity, firstLine } = startProgram(t, "bash", ["-c", script]);
    await firstLine;
    assert.deepEqual(identityOf(identity.pid), identity);
  });

  test("knows that no process has outlived a restart of the machine", { skip: linuxAlone() }, () => {
    assert.ok(isOfThisBoot(identityOfChild(process.pid)));
    assert.equal(isOfThisBoot({ pid: 1, started: "another-boot:12" }), false);
  });
});

function linuxAlone(): string | false {
  return process.platform === "linux" ? false : "only Linux says which boot a process belongs to";
}
