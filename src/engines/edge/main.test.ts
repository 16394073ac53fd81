import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile, rename } from "node:fs/promises";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { EdgeReading } from "./observe/upstream-status.ts";
import { ask, closedPort, configFor, gate, httpOrigin } from "./testing/servers.ts";
import { testFolder } from "./tls/testing/test-authority.ts";
import { until } from "./workers/testing/edge-process.ts";
import { Operator, TOKEN } from "./workers/testing/operator.ts";

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

test("an edge process that its operators drain finishes what is under way, says so, and ends", async () => {
  const held = gate();
  await using origin = await httpOrigin((_, response) => void held.opened.then(() => response.end("late")));
  const operator = new Operator(await closedPort());
  await using edge = startProcess();
  const config = configFor([origin.port], { admin: { port: operator.port, token: TOKEN } });
  edge.child.send({ type: "start", options: { config } });
  const port = Number((await edge.next("listening")).port);
  const asked = once(origin.server, "request");
  const answer = ask(port);
  await asked;
  const exited = once(edge.child, "exit");
  assert.equal((await operator.call("POST", "/drain")).status, 202);
  assert.deepEqual(await operator.health(), [503, "draining"]);
  await untilRefused(port);
  held.open();
  assert.equal((await answer).body, "late");
  assert.deepEqual(await edge.next("drained"), { type: "drained", drained: true });
  assert.deepEqual(await exited, [0, null]);
});

test("an edge process that its parent drains stays until it is ended", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  await using edge = startProcess();
  edge.child.send({ type: "start", options: { config: configFor([origin.port]) } });
  await ask(Number((await edge.next("listening")).port));
  edge.child.send({ type: "drain" });
  assert.deepEqual(await edge.next("drained"), { type: "drained", drained: true });
  edge.child.send({ type: "metrics", id: 3 });
  const { id, reading } = await edge.next("metrics");
  assert.equal(id, 3);
  assert.deepEqual((reading as EdgeReading).metrics.trestle_edge_requests, [
    { labels: ["/*", "200"], values: [1] },
  ]);
  assert.equal(edge.child.exitCode, null);
});

test("an edge process serves by itself for as long as it lives, whoever asks it for workers", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  const operator = new Operator(await closedPort());
  await using edge = startProcess();
  const config = configFor([origin.port], { admin: { port: operator.port, token: TOKEN } });
  edge.child.send({ type: "start", options: { config } });
  await edge.next("listening");
  const { status, body } = await operator.call("PUT", "/config", { ...config, workers: 2 });
  assert.equal(status, 422);
  assert.match(body, /workers cannot be more than 1/);
});

test("an edge process opens its log again when it is told to by SIGHUP", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  await using folder = await testFolder();
  const to = `${folder.path}/access.jsonl`;
  await using edge = startProcess();
  edge.child.send({ type: "start", options: { config: configFor([origin.port], { accessLog: { to } }) } });
  const port = Number((await edge.next("listening")).port);
  const lines = async (file: string) => (await readFile(file, "utf8").catch(() => "")).split("\n").length - 1;
  await ask(port);
  await until("its line", async () => (await lines(to)) === 1);
  await rename(to, `${to}.1`);
  edge.child.kill("SIGHUP");
  await until("another file", () =>
    readFile(to).then(
      () => true,
      () => false,
    ),
  );
  await ask(port);
  await until("its line there", async () => (await lines(to)) === 1);
  assert.equal(await lines(`${to}.1`), 1);
});

test("edge processes that were given one secret understand each other's cookies, and nobody else's", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  const config = configFor([one.port, two.port], { upstream: { affinity: { by: "cookie" } } });
  const secret = Buffer.alloc(32, 7).toString("base64");
  const start = async (more: object) => {
    const edge = startProcess();
    edge.child.send({ type: "start", options: { config, ...more } });
    return { ...edge, port: Number((await edge.next("listening")).port) };
  };
  await using first = await start({ secret });
  await using second = await start({ secret });
  await using stranger = await start({});
  const [cookie = ""] = (await ask(first.port)).headers["set-cookie"]?.[0]?.split(";") ?? [];
  const cookieFrom = async (port: number) =>
    (await ask(port, { headers: ["Cookie", cookie] })).headers["set-cookie"];
  assert.equal(await cookieFrom(second.port), undefined);
  assert.notEqual(await cookieFrom(stranger.port), undefined);
});

/** Some turns after an edge was told to take no more, it does not; whoever comes just when it stops is cut off by the kernel. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port });
    const end = await once(socket, "connect").then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    socket.destroy();
    if (end === "ECONNREFUSED") return;
    assert.ok(end === undefined || end === "ECONNRESET", end);
  }
}
