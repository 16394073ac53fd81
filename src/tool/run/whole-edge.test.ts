import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { checkSystem } from "../design/check/system.ts";
import { cache, edge, service, system } from "../design/index.ts";
import { until } from "./testdata/stage.ts";
import { ask, freePort, run, serviceFile } from "./testdata/system.ts";

test("what a design says of an edge holds in a running system: TLS, redirects, TCP, UDP, fallbacks, metrics", async (t) => {
  const [secure, plain, bytes, datagrams, admin] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const hot = cache("hot");
  const echo = service("echo", { run: serviceFile("echo.mjs"), health: "process" });
  const api = service("api", { run: serviceFile("answer.mjs"), replicas: 2, health: "/healthz" });
  const failing = service("failing", {
    run: serviceFile("failing.mjs"),
    health: { path: "/healthz", interval: "100 ms" },
    upstream: { outliers: false, breaker: { minimumRequests: 3, open: "1 min", fallback: api } },
  });
  const user = service("user", { run: serviceFile("answer.mjs"), uses: { failing } });
  const front = edge("front", {
    port: secure,
    tls: true,
    routes: [
      { path: "/*", to: api },
      { path: "/failing/*", to: failing },
      { path: "/user/*", to: user, rewrite: "/{rest}" },
    ],
    listeners: [
      { port: plain, routes: [{ path: "/*", redirect: `https://{host}:${secure}{path}` }] },
      { port: bytes, tcp: hot },
      { port: datagrams, udp: echo },
    ],
    admin,
  });
  const { model, findings } = checkSystem(system("demo", { parts: [front] }), {
    folder: "/",
    environment: {},
  });
  assert.deepEqual(findings, []);
  const { system: running, stateFolder } = await run(t, model.parts);
  await running.ready;
  assert.equal(
    running.snapshot().parts.find(({ name }) => name === "front")?.url,
    `https://127.0.0.1:${secure}`,
  );

  const ca = readFileSync(join(stateFolder, "front", "authority", "root.pem"));
  const status = (path: string) => statusOverTls(secure, path, ca);
  assert.equal(await status("/"), 200);
  assert.equal((await ask(plain, "/a")).status, 308);
  assert.match(await said(bytes, "PING\r\n"), /NOAUTH/);
  assert.equal(await echoed(datagrams, "hello"), "HELLO");

  // The first failures are the service's own; then its breaker opens, and another one answers.
  assert.equal(await status("/failing/1"), 500);
  await until("the fallback", async () => (await status("/failing/2")) === 200);
  // The same holds for a service that uses it.
  await until("the fallback within", async () => {
    const answer = await bodyOverTls(secure, "/user/through?variable=FAILING_URL", ca);
    return /^\d+$/.test(answer);
  });
  const metrics = await ask(admin, "/metrics");
  assert.match(metrics.body, /trestle_edge_requests_total\{[^}]*route="\/failing\/\*"/);
});

function overTls(port: number, path: string, ca: Buffer): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, ca, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on("error", reject);
    });
    request.on("error", reject);
  });
}

async function statusOverTls(port: number, path: string, ca: Buffer): Promise<number> {
  return (await overTls(port, path, ca)).status;
}

async function bodyOverTls(port: number, path: string, ca: Buffer): Promise<string> {
  return (await overTls(port, path, ca)).body;
}

/** What a server says first to what is sent there. */
async function said(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  const [bytes]: Buffer[] = await once(socket, "data");
  socket.destroy();
  return String(bytes);
}

async function echoed(port: number, text: string): Promise<string> {
  const socket = createSocket("udp4");
  socket.send(text, port, "127.0.0.1");
  const [bytes]: Buffer[] = await once(socket, "message");
  socket.close();
  return String(bytes);
}
