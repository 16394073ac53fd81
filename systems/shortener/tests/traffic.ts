import { Agent, request } from "node:http";

/** One request as its client saw it. */
export interface Sent {
  readonly what: string;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Undefined when it was answered as it should be. */
  readonly failure?: string;
}

export interface Rates {
  readonly createsPerSecond: number;
  readonly redirectsPerSecond: number;
}

const TICK_MS = 10;
const PATIENCE_MS = 10_000;
const HISTORY_LINKS = 50_000;

/**
 * Steady creating and redirecting, whatever the answers do (open loop). Every link that was acknowledged is remembered,
 * and every redirect is checked against it.
 */
export class Traffic {
  readonly sent: Sent[] = [];
  /** What was acknowledged with 201: code and URL. */
  readonly links: { readonly code: string; readonly url: string }[] = [];
  readonly #origin: string;
  readonly #rates: Rates;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #open = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #serial = 0;

  constructor(origin: string, rates: Rates) {
    this.#origin = origin;
    this.#rates = rates;
  }

  start(): void {
    const begun = performance.now();
    let creates = 0;
    let redirects = 0;
    this.#timer = setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      for (; creates < seconds * this.#rates.createsPerSecond; creates++) this.#run(() => this.#create());
      for (; redirects < seconds * this.#rates.redirectsPerSecond; redirects++)
        this.#run(() => this.#redirect());
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  get failures(): readonly Sent[] {
    return this.sent.filter(({ failure }) => failure !== undefined);
  }

  #run(send: () => Promise<void>): void {
    const running = send().finally(() => this.#open.delete(running));
    this.#open.add(running);
  }

  async #create(): Promise<void> {
    const url = `https://example.com/page/${++this.#serial}`;
    await this.#send("create", async () => {
      const answer = await exchange(this.#origin, "POST", "/api/links", this.#agent, JSON.stringify({ url }));
      if (answer.status !== 201) return `create answered ${answer.status} ${answer.body.slice(0, 200)}`;
      const { code } = JSON.parse(answer.body) as { code: string };
      if (this.links.length < HISTORY_LINKS) this.links.push({ code, url });
      return undefined;
    });
  }

  async #redirect(): Promise<void> {
    // Any sequence does that reaches all links, old and new.
    const link = this.links[(this.sent.length * 7919) % Math.max(1, this.links.length)];
    if (!link) return;
    await this.#send("redirect", () => checkLink(this.#origin, link, this.#agent));
  }

  async #send(what: string, send: () => Promise<string | undefined>): Promise<void> {
    const startedMs = performance.now();
    const failure = await send().catch((thrown: Error) => `${what} failed: ${thrown.message}`);
    const endedMs = performance.now();
    this.sent.push({ what, startedMs, endedMs, ...(failure === undefined ? {} : { failure }) });
  }
}

/** Follows a link; undefined when it leads where it should. */
export async function checkLink(
  origin: string,
  link: { readonly code: string; readonly url: string },
  agent?: Agent,
): Promise<string | undefined> {
  const answer = await exchange(origin, "GET", `/${link.code}`, agent);
  if (answer.status !== 302) return `/${link.code} answered ${answer.status} ${answer.body.slice(0, 200)}`;
  if (answer.location !== link.url) return `/${link.code} leads to ${answer.location}, not to ${link.url}`;
  return undefined;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

function exchange(
  origin: string,
  method: string,
  path: string,
  agent?: Agent,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${origin}${path}`,
      { method, ...(agent ? { agent } : {}), headers: body ? { "content-type": "application/json" } : {} },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, location: response.headers.location, body: text });
        });
      },
    );
    call.setTimeout(PATIENCE_MS, () => call.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    call.once("error", reject);
    call.end(body);
  });
}
