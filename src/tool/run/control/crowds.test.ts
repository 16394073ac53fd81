import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { onLinux } from "../process-identity.ts";
import { post, spansRequest } from "../telemetry/receiver/receiver-fixture.ts";
import { until } from "../testdata/stage.ts";
import {
  type AttackedSystem,
  attackedSystem,
  statusesOf,
  tokenOfServices,
} from "./testing/attacked-system.ts";

/** More than all places of a server. */
const CROWD = 600;

test("a running system against crowds, and against those who go away in the middle", async (t) => {
  const system = await attackedSystem(t);
  for (const [promise, attack] of Object.entries(ATTACKS)) {
    await t.test(promise, (inner) => attack(system, inner));
  }
});

const ATTACKS: Readonly<Record<string, (system: AttackedSystem, t: TestContext) => Promise<void>>> = {
  async "whoever takes all places without the token keeps nobody out who has it"(system, t) {
    for (const text of [
      "",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:",
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${system.port}\r\n\r\n`,
    ]) {
      const crowd = await crowdAt(t, system.port, text);
      const beganMs = systemClock.monotonicMs();
      assert.equal((await system.ask("GET", "/v1/system")).status, 200, JSON.stringify(text));
      assert.ok(systemClock.monotonicMs() - beganMs < 2_000);
      for (const socket of crowd) socket.destroy();
    }
  },

  async "nor does a crowd at the receiver keep out services that send"(system, t) {
    if (!onLinux) return t.skip("the services' token is read where Linux shows it");
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const host = `Host: 127.0.0.1:${system.telemetryPort}`;
    for (const text of ["", "PRI * HT", preface, `POST /v1/traces HTTP/1.1\r\n${host}\r\n\r\n`]) {
      const crowd = await crowdAt(t, system.telemetryPort, text);
      const token = tokenOfServices(system);
      const answer = await post({ port: system.telemetryPort, token, body: spansRequest(1) });
      assert.equal(answer.status, 200, JSON.stringify(text));
      for (const socket of crowd) socket.destroy();
    }
  },

  async "a stream that is open goes on through a crowd"(system, t) {
    const stream = await streamOf(system, "/v1/live");
    t.after(() => stream.socket.destroy());
    for (const socket of await crowdAt(t, system.port, "")) socket.destroy();
    const before = stream.text().length;
    await until("more of the stream", () => stream.text().length > before);
    assert.equal(stream.socket.destroyed, false);
  },

  async "heads and bodies that come a byte at a time are cut off within some seconds"(system, t) {
    const { port, proper } = system;
    const slow = [
      "GET /v1/system HT",
      `GET /v1/system HTTP/1.1\r\n${proper}\r\nX: `,
      `POST /v1/parts/api/scale HTTP/1.1\r\n${proper}\r\nContent-Length: 10\r\n\r\n{`,
    ];
    const ends = slow.map(async (text) => {
      const beganMs = systemClock.monotonicMs();
      const socket = connect(port, "127.0.0.1");
      t.after(() => socket.destroy());
      socket.on("error", () => {});
      socket.resume();
      socket.write(text);
      const drip = setInterval(() => socket.write("x"), 250);
      await new Promise<void>((resolve) => socket.once("close", () => resolve()));
      clearInterval(drip);
      return systemClock.monotonicMs() - beganMs;
    });
    for (const tookMs of await Promise.all(ends)) assert.ok(tookMs < 14_000, `${tookMs} ms`);
  },

  async "streams that were dropped, also those asked for in one breath, give their places back"(system) {
    const { proper } = system;
    const one = `GET /v1/live?logs=true HTTP/1.1\r\n${proper}\r\n\r\n`;
    // Sixty-four are all that there may be.
    for (let round = 0; round < 4; round++) {
      await system.raw([`GET /v1/live HTTP/1.1\r\n${proper}`], { body: one.repeat(20), forMs: 100 });
    }
    const streams = await Promise.all(Array.from({ length: 64 }, () => streamOf(system, "/v1/events")));
    const answers = streams.flatMap(({ text }) => statusesOf(text()));
    for (const { socket } of streams) socket.destroy();
    assert.deepEqual(new Set(answers), new Set([200]));
  },

  async "what is dropped while it is answered or still sent leaves nothing behind"(system) {
    const { port, proper } = system;
    const heads = [
      `GET /v1/logs/search?text=nothing HTTP/1.1\r\n${proper}\r\n\r\n`,
      `GET /v1/runs HTTP/1.1\r\n${proper}\r\n\r\n`,
      `POST /v1/parts/api/scale HTTP/1.1\r\n${proper}\r\nContent-Length: 100\r\n\r\n{"replicas":`,
      `POST /v1/parts/api/actions/scale HTTP/1.1\r\n${proper}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{`,
    ];
    for (let round = 0; round < 25; round++) {
      for (const head of heads) {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => {});
        await new Promise<void>((resolve) => socket.write(head, () => resolve()));
        if (round % 2) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
    const { status, text } = await system.ask("GET", "/v1/system");
    assert.equal(status, 200);
    assert.match(text, /"state":"ready"/);
    assert.equal(system.staged.replica("api.1")?.state.is, "ready");
    assert.equal(system.staged.replica("api.2"), undefined, "half a wish is none");
  },
};

/** Opens more connections than there are places, one after the other as they are taken, and writes the same on each. */
async function crowdAt(t: TestContext, port: number, text: string): Promise<Socket[]> {
  const crowd: Socket[] = [];
  t.after(() => {
    for (const socket of crowd) socket.destroy();
  });
  for (let at = 0; at < CROWD; at++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    crowd.push(socket);
    await new Promise<void>((resolve) => {
      socket.once("connect", () => resolve());
      socket.once("close", () => resolve());
    });
    if (text !== "") socket.write(text, "latin1");
  }
  return crowd;
}

/** Opens a stream and waits for its first bytes. */
async function streamOf({ port, proper }: AttackedSystem, path: string) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\n${proper}\r\n\r\n`);
  await until("an answer", () => text !== "" || socket.destroyed);
  return { socket, text: () => text };
}
