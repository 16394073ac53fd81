import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type AttackedSystem,
  attackedSystem,
  PAGE_TEXT,
  statusesOf,
  statusOf,
} from "./testing/attacked-system.ts";

/** Nothing that a page of another origin may read, or that would have it sent on. */
const INVITATION = /^(access-control-|set-cookie|location: (?!http:\/\/127\.0\.0\.1:)|upgrade:)/im;

test("a running system against web pages and whoever speaks HTTP by hand", async (t) => {
  const system = await attackedSystem(t);
  for (const [promise, attack] of Object.entries(ATTACKS)) {
    await t.test(promise, async (inner) => {
      await attack(system, inner);
      assert.equal(system.staged.system.snapshot().state, "ready", "the system still runs");
      assert.equal((await system.ask("GET", "/v1/system")).status, 200);
    });
  }
});

const ATTACKS: Readonly<Record<string, (system: AttackedSystem, t: TestContext) => Promise<void>>> = {
  async "names that lead here are refused, the page included, whatever is done to the name"(system) {
    const { port, token } = system;
    const authorization = `Authorization: Bearer ${token}`;
    const hosts = [
      "evil.example",
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `evil.example@127.0.0.1:${port}`,
      `127.0.0.1:${port}@evil.example`,
      `127.0.0.1:${port}.`,
      `127.0.0.1.:${port}`,
      `localhost.:${port}`,
      `LOCALHOST.EVIL:${port}`,
      `[::1]:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `0.0.0.0:${port}`,
      `127.1:${port}`,
      `2130706433:${port}`,
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port},evil.example`,
      `127.0.0.1:${port} evil.example`,
      "127.0.0.1",
      "127.0.0.1:80",
      "",
    ];
    for (const host of hosts) {
      for (const path of ["/", "/v1/telemetry", "/metrics"]) {
        const answer = await system.raw([`GET ${path} HTTP/1.1`, `Host: ${host}`, authorization]);
        assert.match(answer, /^HTTP\/1\.1 4(00|03) /, `${path} of ${host}`);
        assert.doesNotMatch(answer, /endpoint|holds no data|process_/, `${path} of ${host}`);
      }
    }
  },

  async "a request names its host once, and in one place"(system) {
    const { proper, port } = system;
    const own = `Host: 127.0.0.1:${port}`;
    const heads = [
      ["GET /v1/telemetry HTTP/1.1", proper, "Host: evil.example"],
      ["GET /v1/telemetry HTTP/1.1", "Host: evil.example", proper],
      ["GET /v1/telemetry HTTP/1.1", proper, own],
      ["GET http://evil.example/v1/telemetry HTTP/1.1", proper],
      [`GET http://127.0.0.1:${port}/v1/telemetry HTTP/1.1`, proper],
      ["GET //evil.example/v1/telemetry HTTP/1.1", proper],
      ["GET /\\evil.example/v1/telemetry HTTP/1.1", proper],
      ["GET ///v1/telemetry HTTP/1.1", proper],
      ["GET file:///v1/telemetry HTTP/1.1", proper],
      ["GET v1/telemetry HTTP/1.1", proper],
      ["GET /v1/telemetry HTTP/1.0", proper.replace(own, "X: y")],
      ["OPTIONS * HTTP/1.1", proper],
    ];
    for (const head of heads) {
      const answer = await system.raw([...head, "Connection: close"]);
      assert.match(answer, /^HTTP\/1\.1 4(00|03) /, head.join(" | "));
    }
  },

  async "pages of other origins get nothing with the token in hand, and no leave to send it"(system) {
    const { proper, port } = system;
    const fields = [
      "Origin: https://evil.example",
      "Origin: null",
      "Origin: file://",
      `Origin: http://127.0.0.1:${port + 1}`,
      `Origin: http://localhost:${port}`,
      `Origin: https://127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}/`,
      `Origin: http://127.0.0.1:${port}\r\nOrigin: https://evil.example`,
      "Sec-Fetch-Site: cross-site",
      "Sec-Fetch-Site: same-site",
      `Origin: http://127.0.0.1:${port}\r\nSec-Fetch-Site: same-site`,
    ];
    const preflight = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization";
    for (const field of fields) {
      for (const [method, path] of [
        ["GET", "/v1/telemetry"],
        ["GET", "/v1/live"],
        ["GET", "/metrics"],
        ["POST", "/v1/down"],
        ["OPTIONS", "/v1/down"],
      ] as const) {
        const head = [`${method} ${path} HTTP/1.1`, proper, field, preflight, "Content-Length: 0"];
        const answer = await system.raw(head, { forMs: 1_000 });
        assert.equal(statusOf(answer), 403, `${method} ${path} with ${field}`);
        assert.doesNotMatch(answer, INVITATION);
      }
    }
  },

  async "no answer invites another origin, and each says that only its own may load it"(system) {
    const { proper, port } = system;
    const requests: [string, ...string[]][] = [
      ["GET / HTTP/1.1", `Host: 127.0.0.1:${port}`, "Origin: https://evil.example"],
      ["GET /v1/telemetry HTTP/1.1", proper],
      ["GET /v1/live HTTP/1.1", proper],
      ["GET /metrics HTTP/1.1", proper],
      ["GET /v1/nothing HTTP/1.1", proper],
      ["GET /v1/telemetry HTTP/1.1", `Host: 127.0.0.1:${port}`],
      ["OPTIONS /v1/down HTTP/1.1", proper, "Access-Control-Request-Method: POST"],
    ];
    for (const head of requests) {
      const answer = await system.raw(head, { forMs: 300 });
      assert.ok(statusOf(answer) > 0, head[0]);
      assert.doesNotMatch(answer, INVITATION, head[0]);
      assert.match(answer, /^cross-origin-resource-policy: same-origin\r$/im, head[0]);
      assert.match(answer, /^x-content-type-options: nosniff\r$/im, head[0]);
    }
  },

  async "by the name localhost the page leads to its one origin, so that the key is kept there alone"(
    system,
  ) {
    const { port, token } = system;
    const answer = await system.raw(["GET /?view=logs HTTP/1.1", `Host: localhost:${port}`], { forMs: 300 });
    assert.match(answer, /^HTTP\/1\.1 307 /);
    assert.match(answer, new RegExp(`^location: http://127\\.0\\.0\\.1:${port}/\\?view=logs\r$`, "im"));
    assert.ok(!answer.includes(PAGE_TEXT));
    const api = [
      "GET /v1/system HTTP/1.1",
      `Host: localhost:${port}`,
      `Authorization: Bearer ${token}`,
      "Connection: close",
    ];
    assert.equal(statusOf(await system.raw(api)), 200);
  },

  async "the token counts in its field alone, and only whole"(system) {
    const { port, token } = system;
    const host = `Host: 127.0.0.1:${port}`;
    const heads = [
      [`GET /v1/telemetry?key=${token}&token=${token}&access_token=${token} HTTP/1.1`, host],
      ["GET /v1/telemetry HTTP/1.1", host, `Cookie: token=${token}; key=${token}`],
      ["GET /v1/telemetry HTTP/1.1", host, `X-Api-Key: ${token}`, `Proxy-Authorization: Bearer ${token}`],
      [
        "GET /v1/telemetry HTTP/1.1",
        host,
        `Authorization: Basic ${Buffer.from(`:${token}`).toString("base64")}`,
      ],
      ["GET /v1/telemetry HTTP/1.1", host, "Authorization: Bearer x", `Authorization: Bearer ${token}`],
      ["GET /v1/telemetry HTTP/1.1", host, `Authorization: Bearer ${token}\u0000`],
      ["GET /v1/telemetry HTTP/1.1", host, `Authorization: Bearer ${token} ${token}`],
      ["GET /v1/telemetry HTTP/1.1", host, `Authorization: Bearer ${token.toLowerCase()}`],
      ["GET /v1/telemetry HTTP/1.1", host, `Authorization: bearer${token}`],
    ];
    for (const head of heads) {
      const answer = await system.raw(head);
      assert.match(answer, /^HTTP\/1\.1 40[01] /, head.join(" | "));
      assert.ok(!answer.includes(token), "nor is it told back");
    }
  },

  async "sockets of web pages are not opened, and methods that nobody needs do nothing"(system) {
    const { proper, port } = system;
    const socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
    const opening = `${socket}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`;
    for (const path of ["/", "/v1/live", "/v1/events", "/v1/down"]) {
      for (const fields of [`Host: 127.0.0.1:${port}`, proper, `${proper}\r\nOrigin: https://evil.example`]) {
        const answer = await system.raw([`GET ${path} HTTP/1.1`, fields, opening], { forMs: 300 });
        assert.doesNotMatch(answer, /^HTTP\/1\.1 101|sec-websocket-accept|^upgrade:/im);
      }
    }
    for (const method of ["HEAD", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "OPTIONS"]) {
      for (const path of ["/v1/system", "/v1/down", "/v1/parts/api/restart"]) {
        const answer = await system.raw([
          `${method} ${path} HTTP/1.1`,
          proper,
          "Content-Length: 0",
          "Connection: close",
        ]);
        assert.equal(statusOf(answer), 404, `${method} ${path}`);
        assert.ok(!answer.includes(system.token), "what was sent is not told back");
      }
    }
    assert.equal(statusOf(await system.raw([`CONNECT 127.0.0.1:${port} HTTP/1.1`, proper])), 0);
  },

  async "a request hidden in another one's body is never heard"(system) {
    const { proper, port } = system;
    const hidden = `GET /v1/telemetry HTTP/1.1\r\n${proper}\r\n\r\n`;
    const inChunks = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    const host = `Host: 127.0.0.1:${port}`;
    const heads: [string[], string][] = [
      [["POST /v1/down HTTP/1.1", host, `Content-Length: ${hidden.length}`], hidden],
      [["POST /v1/down HTTP/1.1", host, "Content-Length: 0"], ""],
      [["POST /v1/down HTTP/1.1", host, "Transfer-Encoding: chunked"], inChunks],
      [
        ["POST /v1/x HTTP/1.1", proper, "Content-Length: 4", "Transfer-Encoding: chunked"],
        `0\r\n\r\n${hidden}`,
      ],
      [["POST /v1/x HTTP/1.1", proper, "Content-Length: 0", "Content-Length: 5"], hidden],
      [["POST /v1/x HTTP/1.1", proper, "Content-Length: +0"], hidden],
      [["POST /v1/x HTTP/1.1", proper, "Transfer-Encoding: xchunked"], hidden],
      [["POST /v1/x HTTP/1.1", proper, "Transfer-Encoding : chunked"], inChunks],
      [["POST /v1/x HTTP/1.1", proper, "X: y\r\n Transfer-Encoding: chunked", "Content-Length: x"], hidden],
    ];
    for (const [head, body] of heads) {
      const answers = await system.raw(head, { body, forMs: 400 });
      const [first = 0, ...more] = statusesOf(answers);
      assert.ok(first >= 400, head.join(" | "));
      assert.deepEqual(more, [], head.join(" | "));
      assert.ok(!answers.includes("endpoint"), head.join(" | "));
    }
  },
};
