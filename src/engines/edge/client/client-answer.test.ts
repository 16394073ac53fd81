import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { ClientAnswer } from "./client-answer.ts";
import { StandingFields } from "./standing-fields.ts";

/** A connection that keeps what is written to it, write by write, and takes it when it is told to. */
class Recorder extends Duplex {
  readonly writes: string[] = [];
  readonly #slow: boolean;
  #taken: (() => void) | undefined;

  constructor(slow = false) {
    super({ decodeStrings: false, highWaterMark: 16 * 1024 });
    this.#slow = slow;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.writes.push(typeof chunk === "string" ? `${encoding}:${chunk}` : chunk.toString("latin1"));
    if (this.#slow) this.#taken = done;
    else done();
  }

  /** The other side takes what was written first. */
  accept(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}

interface Case {
  readonly method?: string;
  readonly version?: string;
  readonly slow?: boolean;
  readonly keepAlive?: boolean;
}

function answering({ method = "GET", version = "1.1", slow = false, keepAlive = true }: Case = {}) {
  const socket = new Recorder(slow);
  const finished: ClientAnswer[] = [];
  const clock = new SimulatedClock();
  const host = {
    standing: new StandingFields(clock, 60_000),
    answerFinished: (answer: ClientAnswer) => void finished.push(answer),
  };
  const to = { method, httpVersion: version };
  const answer = new ClientAnswer(host, socket as unknown as Socket, to, keepAlive);
  return { answer, socket, finished, date: host.standing.date };
}

const KEPT = "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n";
const DATED = ["Date", "today"];

test("a small answer leaves in one write, its fields as they were given", () => {
  const { answer, socket, finished } = answering();
  answer.writeHead(200, "Fine", ["x-Case", "Kept", ...DATED, "Content-Length", "2"]);
  assert.deepEqual(socket.writes, []);
  answer.end(Buffer.from("ok"));
  assert.deepEqual(socket.writes, [
    `latin1:HTTP/1.1 200 Fine\r\nx-Case: Kept\r\nDate: today\r\nContent-Length: 2\r\n${KEPT}\r\nok`,
  ]);
  assert.deepEqual([finished.length, answer.writableFinished], [1, true]);
});

test("an answer without a date gets one, and says when the connection ends", () => {
  const { answer, socket, date } = answering({ keepAlive: false });
  answer.writeHead(404, undefined, ["Content-Length", "0"]).end();
  assert.match(date, /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n$/);
  assert.deepEqual(socket.writes, [
    `latin1:HTTP/1.1 404 \r\nContent-Length: 0\r\n${date}Connection: close\r\n\r\n`,
  ]);
});

test("a body of unknown length goes in chunks, its trailers behind the last", () => {
  const { answer, socket } = answering();
  answer.writeHead(200, "OK", DATED);
  answer.write(Buffer.from("hello"));
  answer.write(Buffer.alloc(0));
  answer.write(Buffer.alloc(16, "x"));
  answer.addTrailers([["X-Sum", "1"]]);
  answer.end();
  const head = `HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n${KEPT}\r\n`;
  assert.deepEqual(socket.writes, [
    `latin1:${head}5\r\nhello\r\n`,
    `latin1:10\r\n${"x".repeat(16)}\r\n`,
    "latin1:0\r\nX-Sum: 1\r\n\r\n",
  ]);
});

test("to HTTP/1.0 a body of unknown length ends with the connection, and one of known length need not", () => {
  const unknown = answering({ version: "1.0" });
  unknown.answer.writeHead(200, "OK", DATED).end(Buffer.from("a"));
  assert.deepEqual(unknown.socket.writes, [
    "latin1:HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\na",
  ]);
  assert.equal(unknown.answer.shouldKeepAlive, false);
  const known = answering({ version: "1.0" });
  known.answer.writeHead(200, "OK", [...DATED, "Content-Length", "1"]).end(Buffer.from("a"));
  assert.equal(known.answer.shouldKeepAlive, true);
});

test("HEAD, 204 and 304 have no body, whatever is written", () => {
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const) {
    const { answer, socket } = answering({ method });
    answer.writeHead(status, "R", DATED);
    answer.write(Buffer.from("body"));
    answer.end(Buffer.from("body"));
    assert.deepEqual(socket.writes, [`latin1:HTTP/1.1 ${status} R\r\nDate: today\r\n${KEPT}\r\n`]);
  }
});

test("a large part of a body is written as it is, between what frames it", () => {
  const { answer, socket } = answering();
  const large = Buffer.alloc(20_000, "y");
  answer.writeHead(200, "OK", DATED).end(large);
  assert.equal(socket.writes.length, 3);
  assert.match(socket.writes[0] ?? "", /chunked\r\n[\s\S]*\r\n\r\n4e20\r\n$/);
  assert.equal(socket.writes[1], large.toString("latin1"));
  assert.equal(socket.writes[2], "latin1:\r\n0\r\n\r\n");
});

test("an answer is finished once the client has taken all of it, and says so once", async () => {
  const { answer, socket, finished } = answering({ slow: true });
  let closes = 0;
  let drains = 0;
  answer.once("close", () => {
    closes += 1;
  });
  answer.writeHead(200, "OK", ["Content-Length", "20001"]);
  assert.equal(answer.write(Buffer.alloc(20_000)), false);
  answer.once("drain", () => {
    drains += 1;
  });
  socket.once("drain", () => answer.drained());
  while (drains === 0) {
    socket.accept();
    await new Promise((resolve) => setImmediate(resolve));
  }
  answer.end(Buffer.from(".."));
  assert.deepEqual([answer.writableEnded, answer.writableFinished, finished.length], [true, false, 0]);
  while (!answer.writableFinished) {
    socket.accept();
    await new Promise((resolve) => setImmediate(resolve));
  }
  answer.end();
  assert.deepEqual([closes, drains, finished.length], [1, 1, 1]);
});

test("an answer whose connection is gone writes nothing, and is never finished", () => {
  const { answer, socket, finished } = answering();
  socket.destroy();
  assert.equal(answer.destroyed, true);
  answer.writeHead(200, "OK", DATED).end(Buffer.from("a"));
  assert.deepEqual([socket.writes.length, finished.length, answer.writableFinished], [0, 0, false]);
});

test("what comes before an answer is written at once; a hint that would break the head is refused", () => {
  const { answer, socket } = answering();
  answer.writeContinue();
  answer.writeEarlyHints({ link: ["</a>; rel=preload", "</b>"] });
  assert.throws(() => answer.writeEarlyHints({ link: "</a>\r\nX: y" }), TypeError);
  assert.deepEqual(socket.writes, [
    "latin1:HTTP/1.1 100 Continue\r\n\r\n",
    "latin1:HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload, </b>\r\n\r\n",
  ]);
  for (const status of [0, 99, 101, 1_000, 200.5]) {
    assert.throws(() => answer.writeHead(status, "", []), RangeError);
  }
  assert.equal(answer.headersSent, false);
});
