/** What a server answered: RESP2. Of a long string only its beginning is kept. */
export type Reply =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "bytes"; readonly bytes: Buffer; readonly length: number }
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "nothing" }
  | { readonly is: "list"; readonly items: readonly Reply[] }
  | { readonly is: "error"; readonly message: string };

/** The server's answer cannot be read, or has no end. */
export class ReplyError extends Error {}

interface Reading {
  left: number;
  readonly items: Reply[];
}

const CR = 13;
const LINE_BYTES_MAX = 16 * 1024;
const DEPTH_MAX = 8;
const ITEMS_MAX = 200_000;
const NOTHING: Reply = { is: "nothing" };

/*
 * reply   = simple / error / integer / bulk / array        (https://redis.io/docs/latest/develop/reference/protocol-spec/)
 * simple  = "+" line CRLF        error = "-" line CRLF      integer = ":" digits CRLF
 * bulk    = "$" length CRLF bytes CRLF                      length -1: nothing
 * array   = "*" count CRLF *reply                           count -1: nothing
 */

/**
 * Reads answers out of what comes over a socket. However long a string is, no more than `keptBytes` of it are held, and its length
 * is told: a value of half a gigabyte costs time and no memory. Pure.
 */
export class ReplyReader {
  readonly #keptBytes: number;
  readonly #replies: Reply[] = [];
  readonly #stack: Reading[] = [];
  #line: number[] = [];
  #items = 0;
  /** The string that is being read: what is kept of it, and how much of it and its CRLF is still to come. */
  #bulk: { readonly length: number; readonly kept: Buffer; filled: number; left: number } | undefined;

  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
  }

  /** Takes what came, and returns the answers that it completes. Throws `ReplyError`. */
  push(chunk: Buffer): Reply[] {
    for (let at = 0; at < chunk.length; ) {
      at = this.#bulk ? this.#takeBulk(chunk, at) : this.#takeLine(chunk, at);
    }
    return this.#replies.splice(0);
  }

  #takeBulk(chunk: Buffer, at: number): number {
    const bulk = this.#bulk;
    if (!bulk) return at;
    const end = Math.min(chunk.length, at + bulk.left);
    if (bulk.filled < bulk.kept.length) bulk.filled += chunk.copy(bulk.kept, bulk.filled, at, end);
    bulk.left -= end - at;
    if (bulk.left === 0) {
      this.#bulk = undefined;
      this.#finish({ is: "bytes", bytes: bulk.kept, length: bulk.length });
    }
    return end;
  }

  #takeLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(10, from);
    const stop = end < 0 ? chunk.length : end;
    if (this.#line.length + stop - from > LINE_BYTES_MAX)
      throw new ReplyError("a line of the answer has no end");
    for (let at = from; at < stop; at++) this.#line.push(chunk[at] ?? 0);
    if (end < 0) return chunk.length;
    if (this.#line.at(-1) === CR) this.#line.pop();
    const line = Buffer.from(this.#line);
    this.#line = [];
    this.#readLine(String.fromCharCode(line[0] ?? 0), line.subarray(1).toString("utf8"));
    return end + 1;
  }

  #readLine(type: string, text: string): void {
    if (type === "$" || type === "*") {
      const size = wholeIn(text);
      if (size < 0) this.#finish(NOTHING);
      else if (type === "$") this.#startBulk(size);
      else this.#startList(size);
    } else if (type === "+") this.#finish({ is: "text", text });
    else if (type === "-") this.#finish({ is: "error", message: text });
    else if (type === ":") this.#finish({ is: "number", value: wholeIn(text) });
    else throw new ReplyError("the server does not answer in the protocol of Redis");
  }

  #startBulk(length: number): void {
    const kept = Buffer.alloc(Math.min(length, this.#keptBytes));
    this.#bulk = { length, kept, filled: 0, left: length + 2 };
  }

  #startList(count: number): void {
    if (this.#stack.length >= DEPTH_MAX) throw new ReplyError("the answer is nested too deeply");
    if (count === 0) this.#finish({ is: "list", items: [] });
    else this.#stack.push({ left: count, items: [] });
  }

  #finish(reply: Reply): void {
    let done = reply;
    for (let top = this.#stack.at(-1); top; top = this.#stack.at(-1)) {
      if (++this.#items > ITEMS_MAX) throw new ReplyError(`the answer has more than ${ITEMS_MAX} elements`);
      top.items.push(done);
      if (--top.left > 0) return;
      this.#stack.pop();
      done = { is: "list", items: top.items };
    }
    this.#items = 0;
    this.#replies.push(done);
  }
}

function wholeIn(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value)) return value;
  throw new ReplyError("the server does not answer in the protocol of Redis");
}
