import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../config/index.ts";
import { configFor, type Origin, rawOrigin } from "../testing/servers.ts";
import { HeldSockets } from "./held-sockets.ts";
import { EdgeProcess } from "./testing/edge-process.ts";

const SCRIPT = fileURLToPath(new URL("testing/steady.lua", import.meta.url));
const RATE = 5_000;

/** An origin that costs as little as can be: one answer for each segment that holds a request. */
function cheapOrigin(): Promise<Origin> {
  const answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  return rawOrigin((socket) => socket.on("data", () => socket.write(answer)));
}

/** wrk at a steady rate against a port; resolves with what it counted. */
async function wrk(port: number, seconds: number): Promise<Readonly<Record<string, number>>> {
  const args = ["-t1", "-c64", `-d${seconds}s`, "--timeout", "5s", "-s", SCRIPT, `http://127.0.0.1:${port}/`];
  const process = spawn("wrk", [...args, "--", String(RATE)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  process.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(process, "close");
  return JSON.parse(text.split("\n").findLast((line) => line.startsWith("{")) ?? "{}");
}

/** Does something again and again while wrk drives the edge, and holds that no request failed. */
async function underLoad(
  t: TestContext,
  { port, seconds, pauseMs }: { readonly port: number; readonly seconds: number; readonly pauseMs: number },
  change: () => Promise<unknown>,
) {
  let running = true;
  const counted = wrk(port, seconds).finally(() => {
    running = false;
  });
  let changes = 0;
  // wrk needs a moment to open its connections, and does not count what is under way at its end.
  for (await systemClock.sleep(200); running; await systemClock.sleep(pauseMs)) {
    await change();
    changes += 1;
  }
  const { requests = 0, connect, read, write, status, timeout, p99Ms, maxMs } = await counted;
  t.diagnostic(`${changes} changes, ${requests} requests, 99 % in ${p99Ms} ms, the slowest in ${maxMs} ms`);
  assert.deepEqual([connect, read, write, status, timeout], [0, 0, 0, 0, 0]);
  assert.ok(requests > (RATE * seconds) / 2, `only ${requests} requests were made`);
  assert.ok(changes >= 1);
}

/** Starts processes on the same sockets. All are ended after the test. */
async function supervise(t: TestContext, config: EdgeConfig): Promise<() => Promise<EdgeProcess>> {
  const sockets = new HeldSockets();
  t.after(() => sockets.close());
  await sockets.hold(config.listeners);
  return async () => {
    const edge = await EdgeProcess.start(config, sockets.all);
    t.after(() => edge.kill());
    return edge;
  };
}

describe(`under ${RATE} requests per second no request fails`, () => {
  test("while the configuration is replaced every 200 ms", async (t) => {
    await using one = await cheapOrigin();
    await using two = await cheapOrigin();
    const edge = await (await supervise(t, { ...configFor([one.port]), workers: 2 }))();
    let at = 0;
    await underLoad(t, { port: edge.port, seconds: 2, pauseMs: 200 }, async () => {
      at += 1;
      const answer = await edge.update({ ...configFor([at % 2 ? two.port : one.port]), workers: 2 });
      assert.equal(answer.drained, true);
    });
  });

  test("while the workers are replaced", async (t) => {
    await using origin = await cheapOrigin();
    const edge = await (await supervise(t, { ...configFor([origin.port]), workers: 2 }))();
    await underLoad(t, { port: edge.port, seconds: 3, pauseMs: 100 }, async () => {
      assert.equal((await edge.replaceWorkers()).error, undefined);
    });
  });

  for (const workers of [1, 2]) {
    test(`while the whole process is upgraded (workers: ${workers})`, async (t) => {
      await using origin = await cheapOrigin();
      const start = await supervise(t, { ...configFor([origin.port]), workers });
      let current = await start();
      await underLoad(t, { port: current.port, seconds: 2, pauseMs: 100 }, async () => {
        const successor = await start();
        await current.drain();
        await current.end();
        current = successor;
      });
    });
  }
});
