import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf, RunningShortener } from "./running-shortener.ts";
import { Traffic } from "./traffic.ts";

test("restart and scale under load fail no request", { timeout: 180_000 }, async (t) => {
  await using shortener = await RunningShortener.start();
  const traffic = new Traffic(shortener.origin, { createsPerSecond: 50, redirectsPerSecond: 250 });
  traffic.start();
  await sleep(2_000);
  const before = await replicasOf(shortener);

  assert.equal((await shortener.trestle("restart", "shortener")).code, 0);
  const after = await replicasOf(shortener);
  assert.equal(after.length, 2);
  assert.ok(
    after.every((pid) => !before.includes(pid)),
    "every replica is a new process",
  );

  assert.equal((await shortener.trestle("scale", "shortener", "4")).code, 0);
  assert.equal((await replicasOf(shortener)).length, 4);
  await sleep(1_000);
  assert.equal((await shortener.trestle("scale", "shortener", "1")).code, 0);
  assert.equal((await replicasOf(shortener)).length, 1);
  await sleep(1_000);

  await traffic.stop();
  t.diagnostic(`${traffic.sent.length} requests`);
  assert.ok(traffic.sent.length > 1_000);
  assert.deepEqual(traffic.failures.map(({ failure }) => failure).slice(0, 5), []);
});

for (const way of ["Ctrl-C", "down"] as const) {
  test(`after ${way} no process is left and the port is free`, { timeout: 120_000 }, async () => {
    await using shortener = await RunningShortener.start();
    const { pid, parts } = await shortener.snapshot();
    const pids = [pid, ...parts.flatMap(({ replicas }) => replicas.flatMap((replica) => replica.pid ?? []))];
    assert.equal(pids.length, 6, "supervisor, edge, two replicas, cache and PostgreSQL");

    if (way === "Ctrl-C") assert.equal(await shortener.end("SIGINT"), 0);
    else assert.equal((await shortener.trestle("down")).code, 0);

    assert.deepEqual(pids.map(stateOf).filter(isRunning), []);
    assert.deepEqual(await processesOf(shortener.folder), []);
    assert.equal(await isOpen(shortener.port), false);
  });
}

async function replicasOf(shortener: RunningShortener): Promise<number[]> {
  const { parts } = await shortener.snapshot();
  const service = parts.find(({ name }) => name === "shortener");
  return (service?.replicas ?? []).flatMap(({ pid }) => pid ?? []);
}

/** What the system tells of a process (proc(5)), with its name: a failure is to say who was left. */
function stateOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
}

/**
 * A process that has ended keeps its number, as a zombie, until its parent has asked after it: that is none that is left. But
 * one of which more threads than the first are still there holds its ports and its memory.
 */
function isRunning(state: string | undefined): boolean {
  if (state === undefined) return false;
  const fields = state.slice(state.lastIndexOf(")") + 2).split(" ");
  return fields[0] !== "Z" || Number(fields[17]) > 1;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
