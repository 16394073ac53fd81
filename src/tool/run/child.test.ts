import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { systemClock } from "../../blocks/time/index.ts";
import { Child, type Launch } from "./child.ts";
import { sessionOf } from "./sessions.ts";
import { program, shell } from "./testdata/keeper-host.ts";
import { lives, temporaryFolder, until } from "./testdata/stage.ts";

/** A child, with `stream: text` for each line that it wrote. */
function start(t: TestContext, launch: Launch): { child: Child; lines: string[] } {
  const lines: string[] = [];
  const child = new Child(launch, systemClock, (stream, text) => lines.push(`${stream}: ${text}`));
  t.after(() => child.end(0));
  return { child, lines };
}

async function pidsFrom(lines: readonly string[], count: number): Promise<number[]> {
  await until(`${count} lines`, () => lines.length >= count);
  return lines.map((line) => Number(line.replace("stdout: ", "")));
}

describe("a child", () => {
  test("has both its streams made into lines, all of them taken when `end` resolves", async (t) => {
    const { child, lines } = start(t, shell("echo one; echo two >&2; printf three; exit 3"));
    assert.deepEqual(await child.exited, { reason: "exited with code 3", succeeded: false });
    await child.clear();
    assert.deepEqual(lines.sort(), ["stderr: two", "stdout: one", "stdout: three"]);
  });

  test("is not reached by the signals of a terminal, since it leads a session of its own", async (t) => {
    const { lines } = start(t, shell("ps -o sid= -p $$; echo $$; sleep 60"));
    const [session, pid] = await pidsFrom(lines, 2);
    assert.equal(session, pid);
  });

  test("says plainly why it cannot be started", async (t) => {
    const text = join(temporaryFolder(t), "text");
    writeFileSync(text, "no program");
    const reasons = await Promise.all(
      [
        program("no-such-program-anywhere"),
        program("./no-such-program"),
        program(text),
        { ...shell("true"), folder: "/no/such/folder" },
      ].map(async (launch) => {
        const { child } = start(t, launch);
        assert.equal(child.running, false);
        return (await child.end(1_000)).reason;
      }),
    );
    assert.deepEqual(reasons, [
      "cannot be started: no program no-such-program-anywhere is on the PATH",
      "cannot be started: there is no program ./no-such-program",
      `cannot be started: ${text} is not executable`,
      "cannot be started: there is no folder /no/such/folder",
    ]);
  });

  test("is killed when it ignores its stop signal for longer than it may", async (t) => {
    const { child, lines } = start(t, shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
    await until("its line", () => lines.length > 0);
    assert.equal((await child.end(100)).reason, "was killed by SIGKILL");
  });

  test("ends together with all that it started, whatever group that is in", async (t) => {
    const script = "set -m; sleep 80 & echo $!; (sleep 81 & echo $!; wait) & sleep 0.1; echo $$; wait";
    const { child, lines } = start(t, program("bash", "-c", script));
    const pids = await pidsFrom(lines, 3);
    await child.end(5_000);
    assert.deepEqual(pids.filter(lives), []);
  });

  test("gives what it started its whole time to end, when it itself is gone at once", async (t) => {
    // As a start script does that does not hand on its process: it dies of the signal, its server drains.
    const script =
      "(trap 'sleep 0.8; echo drained; exit' TERM; echo up; while :; do sleep 0.05; done) & wait";
    const { child, lines } = start(t, shell(script));
    await until("its line", () => lines.length > 0);
    await child.end(5_000);
    assert.equal(lines.at(-1), "stdout: drained");
  });

  test("leaves nothing behind when it dies by itself: what it started is asked to end, then made to", async (t) => {
    const folder = temporaryFolder(t);
    const script = `(trap '' TERM; echo up; touch ${folder}/up; while :; do sleep 0.05; done) &
      until test -e ${folder}/up; do sleep 0.05; done; exit 1`;
    const { child, lines } = start(t, shell(script));
    await child.exited;
    await child.clear();
    assert.deepEqual(lines, ["stdout: up"]);
    assert.ok(child.identity);
    assert.deepEqual(sessionOf(child.identity), []);
  });

  test("is let go of although a process that escaped holds its output open", async (t) => {
    const { child, lines } = start(t, shell("setsid sleep 82 & echo $!; wait"));
    await pidsFrom(lines, 1);
    const escaped = Number(lines[0]?.replace("stdout: ", ""));
    t.after(() => {
      if (lives(escaped)) process.kill(escaped, "SIGKILL");
    });
    await child.end(5_000);
    assert.ok(!child.running);
  });

  test("is killed at once where it is being ended in order and time has run out for that", async (t) => {
    const { child, lines } = start(t, shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
    await until("its line", () => lines.length > 0);
    const inOrder = child.end(600_000);
    assert.equal((await child.end(0)).reason, "was killed by SIGKILL");
    assert.equal((await inOrder).reason, "was killed by SIGKILL");
  });

  test("may flood its log: what is kept is bounded, and what is left out is counted", async (t) => {
    const { child, lines } = start(t, shell("yes flood | head -n 60000; exit 0"));
    await child.exited;
    await child.clear();
    const kept = lines.filter((line) => line === "stdout: flood").length;
    const leftOut = lines.flatMap((line) => Number(/^trestle: (\d+) lines left out/.exec(line)?.[1] ?? 0));
    assert.ok(kept >= 10_000 && kept < 40_000, `${kept} lines were kept`);
    assert.equal(kept + leftOut.reduce((sum, count) => sum + count, 0), 60_000);
  });
});
