import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { identityOf, statOf } from "./process-identity.ts";
import { memoryByLeader, memoryOf, sessionOf, signalSession } from "./sessions.ts";
import { startProgram } from "./testdata/program.ts";
import { until } from "./testdata/stage.ts";

const skip = process.platform === "linux" ? false : "sessions are read from /proc, which only Linux has";

describe("a session", { skip }, () => {
  test("is its leader and whatever the leader started, in other process groups too", async (t) => {
    // `set -m` gives each background job a group of its own.
    const program = startProgram(t, "bash", ["-c", "set -m; sleep 61 & sleep 62 & echo up; wait"]);
    await program.firstLine;
    assert.equal(sessionOf(program.identity).length, 3);
    signalSession(program.identity, "SIGTERM");
    await until("the end of the session", () => sessionOf(program.identity).length === 0);
  });

  test("is found when its leader is gone", async (t) => {
    const program = startProgram(t, "sh", ["-c", "sleep 63 & echo up"]);
    await program.firstLine;
    await program.exited;
    assert.equal(identityOf(program.identity.pid), undefined);
    assert.equal(sessionOf(program.identity).length, 1);
    signalSession(program.identity, "SIGKILL");
    await until("the end of the session", () => sessionOf(program.identity).length === 0);
  });

  test("has its leader in it until the last of its threads has ended", async (t) => {
    const { identity, firstLine } = startProgram(t, "sh", ["-c", "echo up; exec sleep 67"]);
    await firstLine;
    const stat = statOf(identity.pid);
    assert.ok(stat);
    const sessionWith = (threads: number) =>
      sessionOf(identity, new Map([[identity.pid, { ...stat, state: "Z", threads }]]));
    assert.deepEqual(sessionWith(2), [identity.pid]);
    assert.deepEqual(sessionWith(1), []);
  });

  test("of a process that merely bears the number now is not signalled", async (t) => {
    const program = startProgram(t, "sh", ["-c", "echo up; exec sleep 64"]);
    await program.firstLine;
    const earlier = { pid: program.identity.pid, started: `${program.identity.started}0` };
    assert.deepEqual(sessionOf(earlier), []);
    signalSession(earlier, "SIGKILL");
    assert.deepEqual(identityOf(program.identity.pid), program.identity);
    const beforeTheRestart = { pid: program.identity.pid, started: "another-boot:1" };
    assert.deepEqual(sessionOf(beforeTheRestart), []);
  });

  test("has the memory of all its processes, and of those that its processes gave other sessions", async (t) => {
    const script = "setsid sh -c 'echo $$; exec sleep 65' & sleep 66 & wait";
    const program = startProgram(t, "sh", ["-c", script]);
    const escaped = Number(await program.firstLine);
    t.after(() => process.kill(escaped, "SIGKILL"));
    const { pid } = program.identity;
    const least = (memoryOf(pid) ?? 0) + (memoryOf(escaped) ?? 0);
    assert.ok(least > 0);
    await until("the memory of three", () => (memoryByLeader([pid]).get(pid) ?? 0) > least);
    assert.deepEqual([...memoryByLeader([pid]).keys()], [pid]);
    assert.equal(memoryByLeader([]).size, 0);
  });
});
