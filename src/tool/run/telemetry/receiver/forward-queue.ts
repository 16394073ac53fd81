/** What waits to be forwarded. Pure. */

import type { Encoding, Signal } from "../../../../blocks/telemetry/otlp/index.ts";

/** A body as it came. */
export interface ForwardedBody {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly isGzip: boolean;
  readonly bytes: Uint8Array;
}

/** A body and how many spans, points or log records it holds. */
export interface Waiting {
  readonly body: ForwardedBody;
  readonly count: number;
}

/** What a place in the queue costs beside the body's bytes, so that very many empty bodies are bounded too. */
const PLACE_BYTES = 256;

/**
 * Bodies in their order, up to a size: the oldest that is not being sent makes room for a new one. What is being sent counts until it is
 * finished or put back.
 */
export class ForwardQueue {
  readonly #sizeMax: number;
  #bodies: Waiting[] = [];
  /** Those before it have been taken. */
  #first = 0;
  #size = 0;
  #waiting = 0;
  #underway = 0;
  #dropped = 0;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** Items that wait, those under way included. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Items that were dropped for want of room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Nothing waits, and nothing is under way. */
  get isEmpty(): boolean {
    return this.#underway === 0 && this.#first === this.#bodies.length;
  }

  push(one: Waiting): void {
    this.#size += sizeOf(one);
    this.#waiting += one.count;
    this.#bodies.push(one);
    this.#makeRoom();
  }

  /** The oldest, which is under way from now on. */
  take(): Waiting | undefined {
    const one = this.#shift();
    if (one) this.#underway++;
    return one;
  }

  /** It is sent, or refused for good. */
  finish(one: Waiting): void {
    this.#underway--;
    this.#leave(one);
  }

  /** It was not sent, and is the next again. */
  putBack(one: Waiting): void {
    this.#underway--;
    this.#bodies = [one, ...this.#bodies.slice(this.#first)];
    this.#first = 0;
    this.#makeRoom();
  }

  /** Drops what is not under way. */
  clear(): void {
    for (let one = this.#shift(); one; one = this.#shift()) this.#drop(one);
  }

  #makeRoom(): void {
    while (this.#size > this.#sizeMax) {
      const oldest = this.#shift();
      if (!oldest) return;
      this.#drop(oldest);
    }
  }

  #drop(one: Waiting): void {
    this.#leave(one);
    this.#dropped += one.count;
  }

  #leave(one: Waiting): void {
    this.#size -= sizeOf(one);
    this.#waiting -= one.count;
  }

  #shift(): Waiting | undefined {
    const one = this.#bodies[this.#first];
    if (!one) return undefined;
    this.#first++;
    // The places of those that left are given up now and then, not each time.
    if (this.#first > 64 && this.#first * 2 > this.#bodies.length) {
      this.#bodies = this.#bodies.slice(this.#first);
      this.#first = 0;
    }
    return one;
  }
}

function sizeOf({ body }: Waiting): number {
  return body.bytes.length + PLACE_BYTES;
}
