import { Agent, request } from "node:http";

/** One request of an open load, as its client saw it. */
export interface Seen {
  /** When it was due, in milliseconds since the load began. Latency counts from here, whenever it was sent. */
  readonly dueMs: number;
  readonly latencyMs: number;
  /** 0: no answer in the time that the client has. */
  readonly status: number;
  readonly body: string;
}

const TICK_MS = 5;

/** Requests at a constant rate whatever the answers do; a client gives up after `patienceMs`. */
export class Arrivals {
  readonly seen: Seen[] = [];
  readonly #url: string;
  readonly #perSecond: number;
  readonly #patienceMs: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #open = new Set<Promise<void>>();
  readonly #beganMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(url: string, options: { perSecond: number; patienceMs: number }) {
    this.#url = url;
    this.#perSecond = options.perSecond;
    this.#patienceMs = options.patienceMs;
  }

  /** Milliseconds since the load began. */
  get nowMs(): number {
    return performance.now() - this.#beganMs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (; (this.#due * 1_000) / this.#perSecond <= this.nowMs; this.#due++) {
        const running = this.#send((this.#due * 1_000) / this.#perSecond);
        this.#open.add(running);
        void running.finally(() => this.#open.delete(running));
      }
    }, TICK_MS);
  }

  /** Stops sending, and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  async #send(dueMs: number): Promise<void> {
    const { status, body } = await this.#ask(Math.max(1, dueMs + this.#patienceMs - this.nowMs));
    this.seen.push({ dueMs, latencyMs: this.nowMs - dueMs, status, body });
  }

  #ask(patienceMs: number): Promise<{ status: number; body: string }> {
    return new Promise((resolve) => {
      const nothing = () => resolve({ status: 0, body: "" });
      const asked = request(this.#url, { agent: this.#agent }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.once("error", nothing);
        response.once("end", () => {
          clearTimeout(patience);
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
      const patience = setTimeout(() => {
        nothing();
        asked.destroy();
      }, patienceMs);
      asked.once("error", () => {
        clearTimeout(patience);
        nothing();
      });
      asked.end();
    });
  }
}
