import type { ClientRequest, Agent as HttpAgent, IncomingMessage, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { Agent, request } from "../../node/index.ts";
import type { Clock } from "../../time/clock.ts";

/** What became of what was sent. */
export type Delivery =
  | { readonly kind: "taken" }
  /** Worth trying again, not before `afterMs` where the collector said so. */
  | { readonly kind: "later"; readonly afterMs: number | undefined; readonly why: string }
  /** Never to be taken. */
  | { readonly kind: "refused"; readonly why: string };

/** Statuses that OTLP/HTTP asks to try again after: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** More of an answer is not read: it says nothing that is not in its status. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Nobody waits longer than this for a collector that says when. */
const RETRY_AFTER_MS_MAX = 60_000;

/**
 * Posts to a collector by HTTP/1.1, over one connection that is kept. It never keeps the process alive, until `hold` is called. Loaded
 * with the first sending, as most of what sends nothing has no use for a client.
 */
export class OtlpClient {
  readonly #clock: Clock;
  readonly #agents = new Map<string, HttpAgent>();
  readonly #sockets = new Set<Socket>();
  readonly #send = { "http:": request, "https:": undefined as typeof request | undefined };
  #isHeld = false;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves, whatever happens. */
  post(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    timeoutMs: number,
  ): Promise<Delivery> {
    // Whoever waited for the last sending does so no more, and the process may end.
    if (this.#isClosed) return Promise.resolve({ kind: "refused", why: "it was closed" });
    return new Promise((resolve) => {
      let sent: ClientRequest;
      try {
        sent = this.#request(url, headers, body.byteLength);
      } catch (thrown) {
        // Such as a header that holds a character which none may.
        resolve({ kind: "refused", why: String(thrown) });
        return;
      }
      const patience = this.#clock.setTimer(timeoutMs, () => {
        settle({ kind: "later", afterMs: undefined, why: "it did not answer in time" });
        sent.destroy();
      });
      if (!this.#isHeld) patience.unref();
      const settle = (delivery: Delivery) => {
        patience.cancel();
        resolve(delivery);
      };
      sent.on("socket", (socket: Socket) => this.#keep(socket));
      sent.on("error", (thrown) => settle({ kind: "later", afterMs: undefined, why: thrown.message }));
      sent.on("response", (answer: IncomingMessage) => {
        let read = 0;
        answer.on("data", (piece: Buffer) => {
          read += piece.length;
          if (read > ANSWER_BYTES_MAX) answer.destroy();
        });
        answer.on("error", () => {});
        answer.on("close", () => settle(this.#deliveryOf(answer)));
      });
      sent.end(body);
    });
  }

  /** From now on the process waits for what is being sent. */
  hold(): void {
    this.#isHeld = true;
    for (const socket of this.#sockets) socket.ref();
  }

  /** Ends every connection; nothing is sent afterwards. */
  close(): void {
    this.#isClosed = true;
    for (const agent of this.#agents.values()) agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #request(url: URL, headers: Readonly<Record<string, string>>, length: number): ClientRequest {
    const options: RequestOptions = {
      method: "POST",
      agent: this.#agentOf(url),
      headers: { "user-agent": "trestle", ...headers, "content-length": length },
    };
    if (url.protocol !== "https:") return request(url, options);
    // TLS costs memory, and a collector on this machine has no use for it.
    this.#send["https:"] ??= process.getBuiltinModule("node:https").request;
    return this.#send["https:"](url, options);
  }

  #agentOf(url: URL): HttpAgent {
    const known = this.#agents.get(url.protocol);
    if (known) return known;
    const Kind = url.protocol === "https:" ? process.getBuiltinModule("node:https").Agent : Agent;
    // Three signals may be under way at once.
    const agent = new Kind({ keepAlive: true, maxSockets: 3, maxFreeSockets: 1 });
    this.#agents.set(url.protocol, agent);
    return agent;
  }

  #keep(socket: Socket): void {
    if (!this.#isHeld) socket.unref();
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #deliveryOf({ statusCode = 0, headers }: IncomingMessage): Delivery {
    if (statusCode >= 200 && statusCode < 300) return { kind: "taken" };
    const why = `it answered ${statusCode}`;
    if (!PASSING.has(statusCode)) return { kind: "refused", why };
    return { kind: "later", afterMs: retryAfterMs(headers["retry-after"], this.#clock.wallMs()), why };
  }
}

/** `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. Undefined for anything else. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX) : undefined;
}
