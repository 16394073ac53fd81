import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, closedPort, configFor, httpOrigin } from "./testing/servers.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

type Message = { readonly type: string } & Readonly<Record<string, unknown>>;

/** An edge process, and the next message of a kind from it. */
function startProcess() {
  const child: ChildProcess = fork(MAIN, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const messages: Message[] = [];
  child.on("message", (message: Message) => messages.push(message));
  const next = async (type: string): Promise<Message> => {
    for (;;) {
      const at = messages.findIndex((message) => message.type === type);
      const [found] = at < 0 ? [] : messages.splice(at, 1);
      if (found) return found;
      await once(child, "message");
    }
  };
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  };
  return { child, next, [Symbol.asyncDispose]: stop };
}

test("an edge process starts, serves, updates, reports what becomes of its endpoints, and ends on SIGTERM", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using edge = startProcess();
  edge.child.send({ type: "start", options: { config: configFor([one.port]) } });
  const port = Number((await edge.next("listening")).port);
  assert.equal((await ask(port)).body, "1");

  edge.child.send({ type: "update", id: 7, config: configFor([two.port]) });
  assert.deepEqual(await edge.next("updated"), { type: "updated", id: 7, drained: true });
  assert.equal((await ask(port)).body, "2");

  edge.child.send({ type: "update", id: 8, config: { listeners: [], upstreams: {} } });
  const { error, ...refused } = await edge.next("updated");
  assert.deepEqual(refused, { type: "updated", id: 8, drained: false });
  assert.match(JSON.stringify(error), /"INVALID_CONFIG".*listeners is empty: write /);

  await two.kill();
  assert.equal((await ask(port)).status, 503);
  assert.deepEqual(await edge.next("endpoint"), {
    type: "endpoint",
    upstream: "service",
    id: "service.1",
    state: "down",
    reason: "refused the connection (ECONNREFUSED)",
  });

  edge.child.kill("SIGTERM");
  assert.deepEqual(await once(edge.child, "exit"), [0, null]);
});

test("what an edge process is sent while it starts is done once it has", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using edge = startProcess();
  edge.child.send({ type: "start", options: { config: configFor([one.port]) } });
  edge.child.send({ type: "update", id: 1, config: configFor([two.port]) });
  edge.child.send({ type: "update", id: 2, config: { ...configFor([one.port]), workers: 2 } });
  const port = Number((await edge.next("listening")).port);
  assert.deepEqual(await edge.next("applied"), { type: "applied", id: 1 });
  const answers = [await edge.next("updated"), await edge.next("updated")];
  const refused = answers.find(({ id }) => id === 2);
  assert.match(JSON.stringify(refused?.error), /"INVALID_CONFIG".*workers cannot be more than 1/);
  assert.equal((await ask(port)).body, "2");
});

test("an edge process that cannot listen says why, and ends", async () => {
  await using taken = await httpOrigin(() => {});
  await using edge = startProcess();
  const config = { listeners: [{ host: "127.0.0.1", port: taken.port, routes: [] }], upstreams: {} };
  const exited = once(edge.child, "exit");
  edge.child.send({ type: "start", options: { config } });
  const message = `127.0.0.1:${taken.port} is taken by another program; choose another port`;
  assert.deepEqual(await edge.next("failed"), { type: "failed", message });
  assert.deepEqual(await exited, [1, null]);
});

test("an edge process ends when its parent is gone", async () => {
  await using edge = startProcess();
  edge.child.send({ type: "start", options: { config: configFor([await closedPort()]) } });
  await edge.next("listening");
  const exited = once(edge.child, "exit");
  edge.child.disconnect();
  assert.deepEqual(await exited, [0, null]);
});
