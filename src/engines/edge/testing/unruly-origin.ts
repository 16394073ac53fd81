import type { Socket } from "node:net";
import type { Random } from "../../../blocks/time/index.ts";
import { type Origin, rawOrigin, turns } from "./servers.ts";

/** What a service may do with a request, and how often, in parts of the sum. */
const MOODS = {
  whole: 40,
  chunked: 12,
  /** The end of the connection ends the answer. */
  closing: 5,
  /** Without waiting for the request's body. */
  early: 6,
  continues: 4,
  hints: 3,
  busy: 5,
  slow: 6,
  /** The connection ends just after the answer. */
  departs: 4,
  partial: 5,
  resets: 4,
  ends: 3,
  hangs: 4,
  garbage: 3,
} as const;

type Mood = keyof typeof MOODS;

/** A server that does what it likes. */
export interface UnrulyOrigin extends Origin {
  /** How often it heard of each request, by `X-Request-Id`. */
  readonly heard: ReadonlyMap<string, number>;
  /** How large the bodies were that came whole. */
  readonly bodies: ReadonlyMap<string, number>;
}

interface Heard {
  readonly id: string;
  readonly method: string;
  readonly upgrades: boolean;
  /** Resolves with the size of the body once that has come whole. */
  readonly body: Promise<number>;
}

/** The body that an origin answers a request with. */
export function answerBody(id: string, size: number): string {
  return `${id}:`.padEnd(size, "abcdefghij");
}

/** Draws what it does with each request. */
export async function unrulyOrigin(random: Random): Promise<UnrulyOrigin> {
  const heard = new Map<string, number>();
  const bodies = new Map<string, number>();
  const origin = await rawOrigin((socket) => {
    const reader = new RequestReader((request) => {
      heard.set(request.id, (heard.get(request.id) ?? 0) + 1);
      void request.body.then((bytes) => bodies.set(request.id, bytes));
      void answer(socket, request, random);
    });
    socket.on("data", (chunk) => reader.read(chunk.toString("latin1")));
  });
  return Object.assign(origin, { heard, bodies });
}

async function answer(socket: Socket, request: Heard, random: Random): Promise<void> {
  const mood = moodFor(random);
  const size = random() < 0.2 ? 100_000 + Math.floor(random() * 400_000) : 20 + Math.floor(random() * 500);
  const cutAt = random();
  if (request.upgrades && random() < 0.5) {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    if (random() < 0.5) socket.end("bye");
    return;
  }
  const got =
    mood === "early" || mood === "partial" || mood === "resets" ? -1 : await bodyOf(socket, request, mood);
  const text = answerTo(request, { mood, size, got });
  switch (mood) {
    case "hangs":
      return;
    case "ends":
      socket.end();
      return;
    case "resets":
      reset(socket);
      return;
    case "garbage":
      socket.write("HTTP/1.1 2OO fine\r\nContent Length: 3\r\n\r\n");
      return;
    case "partial":
      socket.write(text.slice(0, Math.floor(text.length * cutAt)), "latin1");
      await turns(2);
      if (cutAt < 0.5) reset(socket);
      else socket.end();
      return;
    case "slow":
      for (let at = 0; at < 4; at++) {
        await turns(1 + Math.floor(cutAt * 10));
        socket.write(text.slice((text.length * at) / 4, (text.length * (at + 1)) / 4), "latin1");
      }
      return;
    case "departs":
      socket.write(text, "latin1");
      await turns(1 + Math.floor(cutAt * 3));
      reset(socket);
      return;
    case "closing":
      socket.end(text, "latin1");
      return;
    default:
      socket.write(text, "latin1");
  }
}

function bodyOf(socket: Socket, { body }: Heard, mood: Mood): Promise<number> {
  if (mood === "continues") socket.write("HTTP/1.1 100 Continue\r\n\r\n");
  if (mood === "hints") socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
  return body;
}

function answerTo({ id, method }: Heard, how: { mood: Mood; size: number; got: number }): string {
  const { mood, size, got } = how;
  const busy = mood === "busy";
  const head = `HTTP/1.1 ${busy ? "503 Busy" : "200 OK"}\r\nX-Answer: ${id}\r\nX-Size: ${size}\r\nX-Got: ${got}\r\n`;
  const body = method === "HEAD" ? "" : answerBody(id, size);
  if (mood === "closing") return `${head}Connection: close\r\n\r\n${body}`;
  if (mood !== "chunked") return `${head}Content-Length: ${size}\r\n\r\n${body}`;
  if (method === "HEAD") return `${head}Transfer-Encoding: chunked\r\n\r\n`;
  const half = Math.floor(size / 2);
  const chunks = [body.slice(0, half), body.slice(half)].map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`;
}

function moodFor(random: Random): Mood {
  const moods = Object.entries(MOODS) as [Mood, number][];
  let lot = random() * moods.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [mood, weight] of moods) {
    lot -= weight;
    if (lot < 0) return mood;
  }
  return "whole";
}

function reset(socket: Socket): void {
  // Node fails to reset what has been ended, and then cannot exit.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** Reads requests off a connection, which are well-formed, since the edge wrote them. */
class RequestReader {
  readonly #onHead: (request: Heard) => void;
  #text = "";
  /** Bytes of the body to come; -1 while it is in chunks. */
  #left = 0;
  #got = 0;
  #onBody: ((bytes: number) => void) | undefined;

  constructor(onHead: (request: Heard) => void) {
    this.#onHead = onHead;
  }

  read(text: string): void {
    this.#text += text;
    while (this.#onBody ? this.#readBody() : this.#readHead());
  }

  #readHead(): boolean {
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 4);
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#onBody = resolve;
    this.#got = 0;
    this.#left = /\r\ntransfer-encoding: chunked/i.test(head)
      ? -1
      : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    this.#onHead({
      id: /\r\nx-request-id: (\S+)/i.exec(head)?.[1] ?? "",
      method: head.slice(0, head.indexOf(" ")),
      upgrades: /\r\nupgrade: /i.test(head),
      body: promise,
    });
    return true;
  }

  #readBody(): boolean {
    if (this.#left >= 0) {
      const taken = Math.min(this.#left, this.#text.length);
      this.#text = this.#text.slice(taken);
      this.#left -= taken;
      this.#got += taken;
      return this.#left === 0 && this.#bodyEnded();
    }
    const line = this.#text.indexOf("\r\n");
    if (line < 0) return false;
    const size = Number.parseInt(this.#text.slice(0, line), 16);
    if (this.#text.length < line + 4 + size) return false;
    this.#text = this.#text.slice(line + 4 + size);
    this.#got += size;
    return size > 0 || this.#bodyEnded();
  }

  #bodyEnded(): boolean {
    this.#onBody?.(this.#got);
    this.#onBody = undefined;
    return true;
  }
}
