import type { ClientRequest, IncomingMessage } from "node:http";
import { codeOf, messageOf } from "../../../../blocks/errors/index.ts";
import { request as requestHttp } from "../../../../blocks/node/index.ts";
import { retryAfterMs } from "../../../../blocks/resilience/fetch/retry-after.ts";
import { type BackOff, backOff } from "../../../../blocks/resilience/retry/back-off.ts";
import { CONTENT_TYPE } from "../../../../blocks/telemetry/otlp/index.ts";
import type { Clock, Random, Timer } from "../../../../blocks/time/index.ts";
import type { TelemetryStatus } from "../../../control-api/telemetry.ts";
import { type ForwardedBody, ForwardQueue, type Waiting } from "./forward-queue.ts";

export interface ForwarderOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The collector's base, `http:` or `https:`; `/v1/traces` and the others come behind its path. */
  readonly url: string;
  /** Sent with each request, such as a key of the collector's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What may wait; beyond it the oldest is dropped. Default 8 MiB. */
  readonly queueBytesMax?: number;
}

/** Sends telemetry on to a collector outside. */
export interface Forwarder {
  /** Queues a body that holds `count` spans, points or log records. Never waits and never throws. */
  send(body: ForwardedBody, count: number): void;
  /** `sent`, `dropped` and `waiting` are spans, points and log records. */
  status(): NonNullable<TelemetryStatus["forward"]>;
  /** Tries for up to two seconds to get rid of what waits; the rest is dropped. Twice does nothing more. */
  close(): Promise<void>;
}

const QUEUE_BYTES_MAX = 8 * 1024 * 1024;
/** Requests at once: one may be slow without holding up all. */
const CONCURRENCY = 2;
/** A request's time, from its beginning to the end of the answer. */
const REQUEST_MS_MAX = 10_000;
/** The longest that a collector's `Retry-After` is heeded. */
const RETRY_AFTER_MS_MAX = 60_000;
const FLUSH_MS_MAX = 2_000;
/** Statuses that OTLP/HTTP says to try again (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What came of one request. `pauseMs`: the collector asked for it. */
type Answer =
  | { readonly kind: "sent" }
  | { readonly kind: "refused"; readonly problem: string }
  | { readonly kind: "failed"; readonly problem: string; readonly pauseMs?: number };

/**
 * A forwarder. Bodies go out in their order, two at a time, unchanged. While the collector fails they wait, in a queue that drops its
 * oldest, and it is tried again with growing pauses. What it refuses for good is dropped. Throws a `RangeError` for a URL that is none.
 */
export function openForwarder(options: ForwarderOptions): Forwarder {
  return new QueueingForwarder(options);
}

class QueueingForwarder implements Forwarder {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #queue: ForwardQueue;
  readonly #backOff: BackOff = backOff({ firstMs: 500, maxMs: 30_000, jitter: "equal" });
  readonly #open = new Set<AbortController>();
  #failures = 0;
  #pause: Timer | undefined;
  #sent = 0;
  #refused = 0;
  #problem: string | undefined;
  #closing: Promise<void> | undefined;
  /** What fails now is not tried again. */
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  constructor({ clock, random, url, headers = {}, queueBytesMax = QUEUE_BYTES_MAX }: ForwarderOptions) {
    const base = URL.parse(url);
    if (!base || (base.protocol !== "http:" && base.protocol !== "https:"))
      throw new RangeError(`a collector is reached at an http: or https: URL, not ${url}`);
    this.#clock = clock;
    this.#random = random;
    this.#base = base;
    this.#headers = headers;
    this.#queue = new ForwardQueue(queueBytesMax);
  }

  send(body: ForwardedBody, count: number): void {
    if (this.#closing) this.#refused += count;
    else {
      this.#queue.push({ body, count });
      this.#pump();
    }
  }

  status(): NonNullable<TelemetryStatus["forward"]> {
    const told = {
      url: shown(this.#base),
      sent: this.#sent,
      dropped: this.#queue.dropped + this.#refused,
      waiting: this.#queue.waiting,
    };
    return this.#problem === undefined ? told : { ...told, problem: this.#problem };
  }

  close(): Promise<void> {
    this.#closing ??= this.#flush();
    return this.#closing;
  }

  async #flush(): Promise<void> {
    // What waits for the collector to recover is tried once more now.
    this.#resume();
    if (this.#queue.isEmpty) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    const patience = this.#clock.setTimer(FLUSH_MS_MAX, () => this.#onIdle?.());
    await idle;
    patience.cancel();
    this.#pause?.cancel();
    this.#queue.clear();
    this.#isClosed = true;
    for (const open of this.#open) open.abort();
  }

  #pump(): void {
    while (!this.#pause && this.#open.size < CONCURRENCY) {
      const next = this.#queue.take();
      if (!next) break;
      void this.#try(next);
    }
    if (this.#queue.isEmpty) this.#onIdle?.();
  }

  #resume(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#pump();
  }

  async #try(waiting: Waiting): Promise<void> {
    const abort = new AbortController();
    this.#open.add(abort);
    const limit = this.#clock.setTimer(REQUEST_MS_MAX, () => abort.abort());
    const answer = await this.#post(waiting, abort.signal);
    limit.cancel();
    this.#open.delete(abort);
    if (answer.kind === "failed" && !this.#isClosed) {
      this.#problem = answer.problem;
      this.#queue.putBack(waiting);
      this.#pauseFor(answer.pauseMs);
    } else {
      this.#queue.finish(waiting);
      this.#failures = 0;
      if (answer.kind === "sent") {
        this.#sent += waiting.count;
        this.#problem = undefined;
      } else {
        this.#refused += waiting.count;
        this.#problem = answer.problem;
      }
    }
    this.#pump();
  }

  /** Both requests may fail together: the pause that is set stands. */
  #pauseFor(askedMs: number | undefined): void {
    if (this.#pause) return;
    const ownMs = this.#backOff.delayMs(++this.#failures, 0, this.#random);
    const pauseMs = Math.min(RETRY_AFTER_MS_MAX, Math.max(ownMs, askedMs ?? 0));
    this.#pause = this.#clock.setTimer(pauseMs, () => this.#resume());
    this.#pause.unref();
  }

  async #post({ body }: Waiting, signal: AbortSignal): Promise<Answer> {
    const { protocol } = this.#base;
    const request = protocol === "https:" ? (await import("node:https")).request : requestHttp;
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/${body.signal}`;
    const headers: Record<string, string | number> = {
      ...this.#headers,
      "content-type": CONTENT_TYPE[body.encoding],
      "content-length": body.bytes.length,
    };
    if (body.isGzip) headers["content-encoding"] = "gzip";
    return new Promise((resolve) => {
      const fail = (thrown: unknown) => {
        const problem = signal.aborted ? `no answer within ${REQUEST_MS_MAX} ms` : problemOf(thrown);
        resolve({ kind: "failed", problem });
      };
      let sending: ClientRequest;
      try {
        sending = request(url, { method: "POST", headers, signal });
      } catch (thrown) {
        // A field that cannot be sent will not be the next time.
        resolve({ kind: "refused", problem: messageOf(thrown) });
        return;
      }
      sending.on("error", fail);
      sending.on("response", (response) => this.#read(response, resolve, fail));
      sending.end(body.bytes);
    });
  }

  #read(response: IncomingMessage, resolve: (answer: Answer) => void, fail: (thrown: unknown) => void): void {
    const { statusCode = 0, headers } = response;
    // Read to its end, however long, so that the connection can be used again; the time of a request bounds it.
    response.on("error", fail);
    response.on("end", () => {
      if (statusCode >= 200 && statusCode < 300) return resolve({ kind: "sent" });
      const problem = `the collector answers ${statusCode}`;
      if (!RETRYABLE.has(statusCode)) return resolve({ kind: "refused", problem });
      const pauseMs = retryAfterMs(headers["retry-after"] ?? null, this.#clock);
      resolve(pauseMs === undefined ? { kind: "failed", problem } : { kind: "failed", problem, pauseMs });
    });
    response.on("close", () => fail(new Error("the answer was cut off")));
    response.resume();
  }
}

function problemOf(thrown: unknown): string {
  const code = codeOf(thrown);
  return code === undefined ? messageOf(thrown) : `the collector is not reached: ${code}`;
}

/** Without a password, should there be one. */
function shown(base: URL): string {
  const url = new URL(base);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href;
}
