import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { SimulatedClock, systemRandom } from "../../../blocks/time/index.ts";
import type { RunEvent, SystemSnapshot } from "../../control-api/index.ts";
import { RunError } from "../errors.ts";
import { Ports } from "../ports.ts";
import { temporaryFolder, until } from "../testdata/stage.ts";
import { type ControlAddress, ControlServer } from "./control-server.ts";
import { systemRoutes } from "./routes/system-routes.ts";

const SNAPSHOT: SystemSnapshot = {
  system: "demo",
  file: "/demo/system.ts",
  state: "ready",
  pid: 1,
  startedMs: 0,
  run: "",
  parts: [],
};

function line(part: string, timeMs: number, text = "hello"): RunEvent & { type: "log" } {
  return { type: "log", timeMs, part, replica: `${part}.1`, stream: "stdout", text };
}

/** A control server over a system that is made up, what it was told, and a way to speak to it. */
async function open(t: TestContext) {
  const stateFolder = temporaryFolder(t);
  const clock = new SimulatedClock();
  const calls: string[] = [];
  const listeners = new Set<(event: RunEvent) => void>();
  const server = await ControlServer.open({
    stateFolder,
    file: "/demo/system.ts",
    ports: new Ports(join(stateFolder, "ports.json"), systemRandom),
    clock,
    routes: systemRoutes({
      snapshot: () => SNAPSHOT,
      async scale(part, replicas) {
        if (part === "nobody") throw new RunError("NO_SUCH_PART", "demo has no part nobody: it has api");
        if (replicas > 9) throw new RunError("NOT_POSSIBLE", "too many");
        if (replicas === 9) throw new TypeError("a mistake of ours");
        calls.push(`scale ${part} ${replicas}`);
      },
      restart: async (part) => void calls.push(`restart ${part}`),
      stop: async () => void calls.push("stop"),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      tail(parts, lines) {
        if (parts.includes("nobody"))
          throw new RunError("NO_SUCH_PART", "demo has no part nobody: it has api");
        return [line("api", 1, `${parts.join("+")} ${lines}`)];
      },
    }),
  });
  t.after(() => server.close());
  const path = join(stateFolder, "control.json");
  const address = JSON.parse(readFileSync(path, "utf8")) as ControlAddress;
  const emit = (event: RunEvent) => {
    for (const listener of listeners) listener(event);
  };
  return { stateFolder, path, address, server, clock, calls, listeners, emit };
}

type Headers = OutgoingHttpHeaders;

/** Sends a request; `headers` replace those that a proper client sends. */
function send(
  { port, token }: ControlAddress,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Headers; body?: string } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    call.once("response", resolve);
    call.once("error", reject);
    call.end(body);
  });
}

async function answer(response: IncomingMessage): Promise<{ status: number; body: Record<string, unknown> }> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, body: JSON.parse(text) };
}

function codeOf({ status, body }: Awaited<ReturnType<typeof answer>>): string {
  return `${status} ${(body.error as { code: string } | undefined)?.code}`;
}

/** The events of a stream, as they come. */
function eventsOf(response: IncomingMessage): { texts: string[]; ended: Promise<void> } {
  const texts: string[] = [];
  response.setEncoding("utf8").on("data", (chunk: string) => texts.push(chunk));
  return { texts, ended: new Promise((resolve) => response.once("close", resolve)) };
}

describe("the control API", () => {
  test("says where it is in a file that its owner alone can read, and that is gone after the end", async (t) => {
    const { stateFolder, path, address, server } = await open(t);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(address.version, 1);
    assert.equal(address.file, "/demo/system.ts");
    assert.equal(address.supervisor.pid, process.pid);
    assert.match(address.token, /^[A-Za-z0-9_-]{43}$/);
    await server.close();
    assert.equal(existsSync(path), false);
    assert.deepEqual(
      readdirSync(stateFolder).filter((name) => name.includes("control")),
      [],
    );
    await assert.rejects(send(address, "GET", "/v1/system"), { code: "ECONNREFUSED" });
  });

  test("gives the picture of the system, and passes on scale, restart and down", async (t) => {
    const { address, calls } = await open(t);
    assert.deepEqual(await answer(await send(address, "GET", "/v1/system")), { status: 200, body: SNAPSHOT });
    const scaled = await send(address, "POST", "/v1/parts/api/scale", { body: '{"replicas":3}' });
    assert.equal(scaled.statusCode, 200);
    assert.deepEqual((await answer(scaled)).body, SNAPSHOT);
    assert.equal((await send(address, "POST", "/v1/parts/my%20api/restart")).statusCode, 200);
    assert.deepEqual(await answer(await send(address, "POST", "/v1/down")), {
      status: 202,
      body: { stopping: true },
    });
    assert.deepEqual(calls, ["scale api 3", "restart my api", "stop"]);
  });

  test("lets nobody in without the token", async (t) => {
    const { address, calls } = await open(t);
    const { token } = address;
    const wrong = ["", "Bearer", "Bearer ", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`];
    for (const authorization of [...wrong, `Bearer ${token.slice(0, -1)}\u00e9`]) {
      const refused = await answer(await send(address, "POST", "/v1/down", { headers: { authorization } }));
      assert.equal(codeOf(refused), "401 CONTROL_REFUSED");
    }
    assert.deepEqual(calls, []);
  });

  test("lets no web page in: not one with an Origin, nor one that took over a name of this machine", async (t) => {
    const { address, calls } = await open(t);
    const { port } = address;
    const refused: Headers[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `https://127.0.0.1:${port}` },
      { origin: `http://localhost:${port}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { host: "evil.example" },
      { host: `evil.example:${port}` },
      { host: "127.0.0.1" },
      { host: `127.0.0.1:${port + 1}` },
    ];
    for (const headers of refused) {
      const { status, body } = await answer(await send(address, "POST", "/v1/down", { headers }));
      assert.equal(codeOf({ status, body }), "403 CONTROL_REFUSED", JSON.stringify(headers));
    }
    const named = await send(address, "GET", "/v1/system", { headers: { host: `localhost:${port}` } });
    assert.equal(named.statusCode, 200);
    named.resume();
    assert.deepEqual(calls, []);
  });

  test("lets its own page in, which has to show the token like everybody else", async (t) => {
    const { address } = await open(t);
    const own: Headers = { origin: `http://127.0.0.1:${address.port}`, "sec-fetch-site": "same-origin" };
    const status = async (headers: Headers) => {
      const response = await send(address, "GET", "/v1/system", { headers });
      response.resume();
      return response.statusCode;
    };
    assert.equal(await status(own), 200);
    assert.equal(await status({ ...own, authorization: "Bearer wrong" }), 401);
  });

  test("answers what it does not know, or what cannot be, with a status and a code", async (t) => {
    const { address } = await open(t);
    const scale = "/v1/parts/api/scale";
    const table: [string, string, string | undefined, string][] = [
      ["GET", "/", undefined, "404 NOT_FOUND"],
      ["GET", "/v2/system", undefined, "404 NOT_FOUND"],
      ["GET", "/v1/system/more", undefined, "404 NOT_FOUND"],
      ["GET", "/v1/down", undefined, "404 NOT_FOUND"],
      ["POST", "/v1/parts/api/explode", undefined, "404 NOT_FOUND"],
      ["DELETE", "/v1/system", undefined, "404 NOT_FOUND"],
      ["GET", "//", undefined, "400 BAD_REQUEST"],
      ["GET", "/v1/%zz", undefined, "404 NOT_FOUND"],
      ["POST", scale, "", "400 BAD_REQUEST"],
      ["POST", scale, "{", "400 BAD_REQUEST"],
      ["POST", scale, "[]", "400 BAD_REQUEST"],
      ["POST", scale, "null", "400 BAD_REQUEST"],
      ["POST", scale, '{"replicas":"3"}', "400 BAD_REQUEST"],
      ["POST", scale, JSON.stringify({ replicas: 3, more: "x".repeat(20_000) }), "400 BAD_REQUEST"],
      ["POST", "/v1/parts/nobody/scale", '{"replicas":3}', "404 NO_SUCH_PART"],
      ["GET", "/v1/logs?part=nobody", undefined, "404 NO_SUCH_PART"],
      ["GET", "/v1/logs?part=nobody&follow=true", undefined, "404 NO_SUCH_PART"],
      ["POST", scale, '{"replicas":10}', "409 NOT_POSSIBLE"],
      ["POST", scale, '{"replicas":9}', "500 INTERNAL"],
    ];
    for (const [method, path, body, expected] of table) {
      const got = await answer(await send(address, method, path, body === undefined ? {} : { body }));
      assert.equal(codeOf(got), expected, `${method} ${path} ${body?.slice(0, 40)}`);
    }
  });

  test("refuses a body without end as soon as it is too long, and goes on for others", async (t) => {
    const { address } = await open(t);
    const { port, token } = address;
    const socket = connect(port, "127.0.0.1");
    t.after(() => socket.destroy());
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.write(
      `POST /v1/parts/api/scale HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
        `content-length: 99999999\r\n\r\n${"x".repeat(40_000)}`,
    );
    await until("the refusal", () => text.includes("BAD_REQUEST"));
    assert.match(text, /^HTTP\/1\.1 400 /);
    await closed;
    assert.equal((await send(address, "GET", "/v1/system")).resume().statusCode, 200);
  });

  test("streams events without log lines, from now on, until the reader goes", async (t) => {
    const { address, emit, listeners } = await open(t);
    const response = await send(address, "GET", "/v1/events");
    assert.equal(response.headers["content-type"], "text/event-stream");
    const { texts } = eventsOf(response);
    await until("the subscription", () => listeners.size === 1);
    emit(line("api", 1));
    emit({ type: "scaled", timeMs: 2, part: "api", replicas: 3 });
    await until("the event", () => texts.join("").includes("scaled"));
    assert.equal(
      texts.join(""),
      ': open\n\nevent: scaled\ndata: {"type":"scaled","timeMs":2,"part":"api","replicas":3}\n\n',
    );
    response.destroy();
    await until("the end of the subscription", () => listeners.size === 0);
  });

  test("gives the last log lines as data, or with follow as a stream that goes on", async (t) => {
    const { address, emit, listeners } = await open(t);
    const past = await answer(await send(address, "GET", "/v1/logs?part=api&part=worker&lines=7"));
    assert.deepEqual(past, { status: 200, body: { data: [line("api", 1, "api+worker 7")] } });
    for (const lines of ["-5", "many", ""]) {
      const { body } = await answer(await send(address, "GET", `/v1/logs?lines=${lines}`));
      assert.deepEqual(body, { data: [line("api", 1, " 0")] });
    }

    const response = await send(address, "GET", "/v1/logs?part=api&lines=1&follow=true");
    const { texts } = eventsOf(response);
    await until("the subscription", () => listeners.size === 1);
    emit(line("worker", 2, "not asked for"));
    emit({ type: "system", timeMs: 2, state: "ready" });
    emit(line("api", 3, "new"));
    await until("the new line", () => texts.join("").includes('"new"'));
    const told = texts.join("").match(/"text":"[^"]*"/g);
    assert.deepEqual(told, ['"text":"api 1"', '"text":"new"']);
    response.destroy();
  });

  test("keeps a silent stream alive with a comment every 15 s", async (t) => {
    const { address, clock, listeners } = await open(t);
    const response = await send(address, "GET", "/v1/events");
    const { texts } = eventsOf(response);
    await until("the subscription", () => listeners.size === 1);
    await clock.advance(15_000);
    await until("the comment", () => texts.join("").includes(": still here"));
    response.destroy();
    await until("no timer", () => clock.pendingTimers === 0);
  });

  test("cuts off a reader that falls behind, and hinders nobody else by it", async (t) => {
    const { address, emit, listeners } = await open(t);
    const slow = await send(address, "GET", "/v1/logs?follow=true");
    slow.pause();
    slow.on("error", () => {});
    await until("the subscription", () => listeners.size === 1);
    for (let event = 0; event < 1_000 && listeners.size > 0; event++) {
      for (let more = 0; more < 10; more++) emit(line("api", event, "x".repeat(10_000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(listeners.size, 0);
    assert.equal((await send(address, "GET", "/v1/system")).resume().statusCode, 200);
  });

  test("has at most 64 streams open at a time", async (t) => {
    const { address, server } = await open(t);
    const streams = await Promise.all(Array.from({ length: 64 }, () => send(address, "GET", "/v1/events")));
    assert.ok(streams.every(({ statusCode }) => statusCode === 200));
    const refused = await answer(await send(address, "GET", "/v1/events"));
    assert.equal(codeOf(refused), "503 CONTROL_REFUSED");
    const ends = streams.map((stream) => eventsOf(stream).ended);
    await server.close();
    await Promise.all(ends);
  });

  test("survives bytes that are no HTTP", async (t) => {
    const { address } = await open(t);
    for (const bytes of [
      "\0\0\0\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `${"A".repeat(100_000)}\r\n`,
      "\r\n\r\n",
    ]) {
      const socket = connect(address.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.resume();
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.end(bytes);
      await closed;
    }
    assert.equal((await send(address, "GET", "/v1/system")).resume().statusCode, 200);
  });

  test("is opened anew with a new token beside whatever an earlier one left", async (t) => {
    const { stateFolder, path, server, address } = await open(t);
    await server.close();
    writeFileSync(path, "stale", { mode: 0o644 });
    const again = await ControlServer.open({
      stateFolder,
      file: "/demo/system.ts",
      ports: new Ports(join(stateFolder, "ports.json"), systemRandom),
      clock: new SimulatedClock(),
      routes: systemRoutes({
        snapshot: () => SNAPSHOT,
        scale: async () => {},
        restart: async () => {},
        stop: async () => {},
        subscribe: () => () => {},
        tail: () => [],
      }),
    });
    t.after(() => again.close());
    const next = JSON.parse(readFileSync(path, "utf8")) as ControlAddress;
    assert.equal(next.port, address.port);
    assert.notEqual(next.token, address.token);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });
});
