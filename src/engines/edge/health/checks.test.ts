import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { HealthCheckConfig } from "../config/index.ts";
import { closedPort, httpOrigin, rawOrigin, turns } from "../testing/servers.ts";
import { checkOf } from "./health-check.ts";
import type { Verdict } from "./verdict.ts";

/** Checks once. */
function verdictOn(
  port: number,
  config: HealthCheckConfig,
  signal = new AbortController().signal,
): Promise<Verdict> {
  const check = checkOf(config, ({ host, port: at }) => connect({ host, port: at, noDelay: true }));
  return check({ host: "127.0.0.1", port }, signal);
}

/** Checks a server that answers with these bytes, and then ends the connection unless told otherwise. */
async function judged(bytes: string | readonly string[], config: HealthCheckConfig = {}, ends = true) {
  await using origin = await rawOrigin((socket) =>
    socket.once("data", async () => {
      for (const part of typeof bytes === "string" ? [bytes] : bytes) {
        socket.write(part, "latin1");
        await turns(2);
      }
      if (ends) socket.end();
    }),
  );
  return await verdictOn(origin.port, config);
}

const answer = (status: number, body = "") =>
  `HTTP/1.1 ${status} Text\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("without a list of statuses 200 to 299 pass; with one, those on it and no others", async () => {
  for (const [status, statuses, passed] of [
    [200, undefined, true],
    [299, undefined, true],
    [304, undefined, false],
    [503, undefined, false],
    [401, [401, 200], true],
    [204, [401, 200], false],
  ] as const) {
    const verdict = await judged(answer(status), statuses ? { statuses } : {});
    assert.deepEqual(verdict, { passed, refused: false, reason: `GET / answered ${status}` });
  }
});

test("the path and the Host of the configuration are asked for, by default the endpoint's address", async () => {
  const asked: unknown[] = [];
  await using origin = await httpOrigin((incoming, response) => {
    asked.push([incoming.url, incoming.headers.host, incoming.headers.connection]);
    response.end();
  });
  await verdictOn(origin.port, { path: "/healthz?full=1", host: "shop.example" });
  await verdictOn(origin.port, {});
  assert.deepEqual(asked, [
    ["/healthz?full=1", "shop.example", "close"],
    ["/", `127.0.0.1:${origin.port}`, "close"],
  ]);
});

test("the body has to contain what is wanted, be it counted, in chunks, to the end of the connection, or cut anywhere", async () => {
  const config = { bodyIncludes: "state: fine" };
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const toEnd = "HTTP/1.0 200 OK\r\n\r\n";
  for (const [bytes, passed] of [
    [answer(200, "the state: fine, it says"), true],
    [answer(200, "state: poor"), false],
    [answer(200), false],
    [`${chunked}6\r\nstate:\r\n5\r\n fine\r\n0\r\n\r\n`, true],
    [[`${chunked}6\r\nsta`, "te:\r\n5\r\n f", "ine\r\n0\r\n\r\n"], true],
    [`${chunked}6\r\nstate:\r\n0\r\n\r\n`, false],
    [`${toEnd}all of it is in state: fine`, true],
    [`${toEnd}nothing is`, false],
    [["HTTP/1.1 103 Early Hints\r\n\r\n", answer(200, "state: fine")], true],
  ] as const) {
    const verdict = await judged(bytes, config);
    assert.equal(verdict.passed, passed, JSON.stringify([bytes, verdict]));
    if (!passed) assert.equal(verdict.reason, 'GET / answered 200 without "state: fine"');
  }
});

test("a body is read no further than 64 KiB, and no further than what is wanted", async () => {
  const head = "HTTP/1.1 200 OK\r\n\r\n";
  const filler = "x".repeat(64 * 1024 - 4);
  assert.equal((await judged(`${head}${filler}fine and on`, { bodyIncludes: "fine" }, false)).passed, true);
  assert.equal((await judged(`${head}${filler}xfine and on`, { bodyIncludes: "fine" }, false)).passed, false);
  assert.equal((await judged(`${head}fine, and no end`, { bodyIncludes: "fine" }, false)).passed, true);
  assert.equal((await judged(`${head}no end, and nobody looks`, {}, false)).passed, true);
});

test("an answer that breaks off, is none, or never comes does not pass, and says why", async () => {
  const config = { bodyIncludes: "x" };
  for (const [bytes, reason] of [
    ["", "GET / was not answered: the connection ended"],
    ["HTTP/1.1 200 O", "GET / was not answered: the connection ended"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "GET / had an answer that broke off"],
    ["SSH-2.0-whatever\r\n\r\n", "GET / was answered with what is not valid HTTP/1.1"],
    [
      answer(200).replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n"),
      "GET / was answered with what is not valid HTTP/1.1",
    ],
    [
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "GET / was answered 101",
    ],
  ] as const) {
    assert.deepEqual(await judged(bytes, config), { passed: false, refused: false, reason });
  }
  const port = await closedPort();
  assert.deepEqual(await verdictOn(port, { path: "/up" }), {
    passed: false,
    refused: true,
    reason: "GET /up failed (ECONNREFUSED)",
  });
});

test("a tcp check passes when a connection comes about, sends nothing, and ends it", async () => {
  let received = "";
  await using origin = await rawOrigin((socket) => {
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
    });
  });
  const [taken, verdict] = await Promise.all([
    once(origin.server, "connection"),
    verdictOn(origin.port, { kind: "tcp" }),
  ]);
  assert.deepEqual(verdict, { passed: true, refused: false, reason: "took a connection" });
  const [socket] = taken;
  if (!socket.closed) await once(socket, "close");
  assert.equal(received, "");
  const refused = await verdictOn(await closedPort(), { kind: "tcp" });
  assert.deepEqual([refused.passed, refused.refused], [false, true]);
});

test("a check that is given up ends its connection at once, in the middle of a body too", async () => {
  for (const config of [{}, { bodyIncludes: "never" }]) {
    await using origin = await rawOrigin((socket) =>
      socket.once("data", () => {
        if (config.bodyIncludes) socket.write("HTTP/1.1 200 OK\r\n\r\nand on");
      }),
    );
    const abort = new AbortController();
    const verdict = verdictOn(origin.port, config, abort.signal);
    const [socket] = await once(origin.server, "connection");
    await turns();
    abort.abort();
    assert.equal((await verdict).passed, false);
    if (!socket.closed) await once(socket, "close");
  }
});
