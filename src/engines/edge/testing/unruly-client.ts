import type { Random } from "../../../blocks/time/index.ts";
import { RawClient } from "./servers.ts";
import { answerBody } from "./unruly-origin.ts";

/** One request as a client sends it, in pieces. */
export interface SentRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** 0 where the client says that it has none. */
  readonly bodyBytes: number;
  readonly version: "1.0" | "1.1";
  readonly pieces: string[];
}

/** One answer as a client received it. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  readonly whole: boolean;
}

/** How a client behaves. `patient` ones send all that they announce, and stay until they are answered or cut off. */
const MANNERS = ["patient", "patient", "patient", "leaves", "resets", "silent"] as const;

/** A client that may leave at any moment, dribble, pipeline, read late or fall silent. */
export class UnrulyClient {
  readonly manner: (typeof MANNERS)[number];
  readonly requests: readonly SentRequest[];
  readonly raw: RawClient;
  readonly #random: Random;
  readonly #pieces: string[];
  #left = false;

  constructor(port: number, requests: readonly SentRequest[], random: Random) {
    this.#random = random;
    this.requests = requests;
    this.manner = MANNERS[Math.floor(random() * MANNERS.length)] ?? "patient";
    this.raw = new RawClient(port);
    this.#pieces = requests.flatMap(({ pieces }) => pieces);
    if (this.manner === "silent") this.#pieces.length = Math.floor(this.#pieces.length * random());
    if (random() < 0.2) this.raw.socket.pause();
    if (random() < 0.6) for (const piece of this.#pieces.splice(0)) this.raw.send(piece);
  }

  get isClosed(): boolean {
    return this.raw.socket.closed;
  }

  /** Whether the client itself has ended the connection. */
  get hasLeft(): boolean {
    return this.#left;
  }

  /** Goes on with whatever it is at. */
  poke(): void {
    const { socket } = this.raw;
    if (socket.isPaused() && this.#random() < 0.5) socket.resume();
    const piece = this.#pieces.shift();
    if (piece !== undefined && !socket.destroyed) this.raw.send(piece);
    if (this.manner === "leaves" && this.#random() < 0.3) this.leave();
    if (this.manner === "resets" && this.#random() < 0.3 && !socket.destroyed) {
      this.#left = true;
      socket.resetAndDestroy();
    }
  }

  /** Sends what is left, and reads what comes. */
  settle(): void {
    this.raw.socket.resume();
    for (const piece of this.#pieces.splice(0)) if (!this.raw.socket.destroyed) this.raw.send(piece);
  }

  leave(): void {
    this.#left ||= !this.isClosed;
    this.raw.socket.destroy();
  }

  /** Whether every request has its whole answer, or the connection is another protocol's now. */
  get isAnswered(): boolean {
    const whole = this.answers().filter((answer) => answer.whole);
    return whole.length >= this.requests.length || whole.at(-1)?.status === 101;
  }

  /** All answers received, those before the answer left out. */
  answers(): ReceivedAnswer[] {
    const answers: ReceivedAnswer[] = [];
    let text = this.raw.received;
    while (text !== "") {
      const method = this.requests[answers.length]?.method ?? "";
      const { answer, rest } = readAnswer(
        text,
        method,
        this.isClosed && !this.#left && this.raw.failure === undefined,
      );
      text = rest;
      if (answer.whole && answer.status < 200 && answer.status !== 101) continue;
      answers.push(answer);
      // What follows is another protocol.
      if (answer.status === 101) break;
    }
    return answers;
  }
}

/** Draws a request whose id is `id`. */
export function drawRequest(id: string, paths: readonly string[], random: Random): SentRequest {
  const draw = <T>(values: readonly T[], otherwise: T) =>
    values[Math.floor(random() * values.length)] ?? otherwise;
  const method = draw(["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE"], "GET");
  const version = random() < 0.1 ? "1.0" : "1.1";
  const path = draw(paths, "/");
  const upgrades = method === "GET" && version === "1.1" && random() < 0.1;
  const bodyBytes = method === "POST" || method === "PUT" ? Math.floor(random() ** 4 * 200_000) : 0;
  const chunked = version === "1.1" && bodyBytes > 0 && random() < 0.5;
  const lines = [`${method} ${path}?id=${id} HTTP/${version}`, "Host: walk.test", `X-Request-Id: ${id}`];
  if (upgrades) lines.push("Connection: Upgrade", "Upgrade: echo");
  if (version === "1.1" && bodyBytes > 0 && random() < 0.15) lines.push("Expect: 100-continue");
  if (chunked) lines.push("Transfer-Encoding: chunked");
  else if (bodyBytes > 0) lines.push(`Content-Length: ${bodyBytes}`);
  const pieces = [`${lines.join("\r\n")}\r\n\r\n`];
  for (let left = bodyBytes; left > 0; ) {
    const size = Math.min(left, 1 + Math.floor(random() * 60_000));
    pieces.push(chunked ? `${size.toString(16)}\r\n${"b".repeat(size)}\r\n` : "b".repeat(size));
    left -= size;
  }
  if (chunked) pieces.push("0\r\n\r\n");
  return { id, method, path, bodyBytes, version, pieces };
}

/** What is wrong with an answer that came whole; undefined when nothing is. */
export function faultIn(answer: ReceivedAnswer, request: SentRequest): string | undefined {
  const { id, method, bodyBytes } = request;
  const { fields, body, status } = answer;
  if (fields.get("x-request-id") !== id) return `has the request id ${fields.get("x-request-id")}`;
  if (status === 101) return undefined;
  const answered = fields.get("x-answer");
  if (answered === undefined) {
    if (status < 400) return `is ${status} in nobody's name`;
    if (method !== "HEAD" && !body.includes(`"request_id":"${id}"`)) return `is no envelope: ${body}`;
    return undefined;
  }
  if (answered !== id) return `is the answer to ${answered}`;
  if (method !== "HEAD" && body !== answerBody(id, Number(fields.get("x-size"))))
    return `has another body: ${body.length}`;
  const got = Number(fields.get("x-got"));
  return got >= 0 && got !== bodyBytes ? `is to a body of ${got} bytes rather than ${bodyBytes}` : undefined;
}

function readAnswer(text: string, method: string, ended: boolean): { answer: ReceivedAnswer; rest: string } {
  const cut = { status: 0, fields: new Map<string, string>(), body: "", whole: false };
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return { answer: cut, rest: "" };
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const fields = new Map(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 2),
    ]),
  );
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? Number.NaN);
  const behind = text.slice(end + 4);
  const length = fields.get("content-length");
  if (method === "HEAD" || status < 200 || status === 204 || status === 304)
    return { answer: { status, fields, body: "", whole: true }, rest: behind };
  if (fields.get("transfer-encoding") === "chunked") return readChunks({ status, fields }, behind);
  const size = length === undefined ? behind.length : Number(length);
  const whole = length === undefined ? ended : behind.length >= size;
  return { answer: { status, fields, body: behind.slice(0, size), whole }, rest: behind.slice(size) };
}

function readChunks(
  head: Pick<ReceivedAnswer, "status" | "fields">,
  text: string,
): { answer: ReceivedAnswer; rest: string } {
  let body = "";
  for (let at = 0; ; ) {
    const line = text.indexOf("\r\n", at);
    const size = line < 0 ? Number.NaN : Number.parseInt(text.slice(at, line), 16);
    const next = line + 2 + size + 2;
    if (!(next <= text.length)) return { answer: { ...head, body, whole: false }, rest: "" };
    body += text.slice(line + 2, line + 2 + size);
    if (size === 0) return { answer: { ...head, body, whole: true }, rest: text.slice(next) };
    at = next;
  }
}
