import type { RunningShortener } from "./running-shortener.ts";

/** People who make a link now and then and follow many, at a rate that rises and falls. */
export class Trickle implements AsyncDisposable {
  readonly #origin: string;
  readonly #perSecond: number;
  readonly #codes: string[] = [];
  readonly #under = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #failed = 0;

  private constructor(origin: string, perSecond: number) {
    this.#origin = origin;
    this.#perSecond = perSecond;
  }

  /** Begins with a dozen links. */
  static async start({ origin }: RunningShortener, perSecond = 20): Promise<Trickle> {
    const trickle = new Trickle(origin, perSecond);
    for (let link = 0; link < 12; link++) await trickle.#make(link);
    trickle.#next();
    return trickle;
  }

  /** Requests that were answered, whatever was found there, or given up. */
  get sent(): number {
    return this.#sent;
  }

  /** Those that got no answer, or a server's excuse. */
  get failed(): number {
    return this.#failed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#under);
  }

  #next(): void {
    const swell = 1 + 0.4 * Math.sin(this.#sent / 240) + 0.25 * Math.sin(this.#sent / 41);
    const one = this.#request(this.#sent);
    this.#under.add(one);
    void one.finally(() => this.#under.delete(one));
    this.#timer = setTimeout(() => this.#next(), 1_000 / (this.#perSecond * swell));
  }

  async #request(turn: number): Promise<void> {
    if (turn % 50 === 49) return await this.#make(turn);
    const code = this.#codes[turn % 7 === 0 ? turn % this.#codes.length : turn % 3];
    const path =
      turn % 31 === 30 ? `/api/links/${code}/stats` : turn % 23 === 22 ? `/gone${turn % 5}` : `/${code}`;
    await this.#send(path);
  }

  async #make(link: number): Promise<void> {
    const body = JSON.stringify({ url: `https://example.com/pages/${link}`, title: `Page ${link}` });
    const headers = { "content-type": "application/json" };
    const text = await this.#send("/api/links", { method: "POST", headers, body });
    const made = text && (JSON.parse(text) as { code?: string });
    if (made && made.code !== undefined) this.#codes.push(made.code);
  }

  async #send(path: string, init: RequestInit = {}): Promise<string | undefined> {
    this.#sent++;
    try {
      const response = await fetch(`${this.#origin}${path}`, { ...init, redirect: "manual" });
      if (response.status >= 500) this.#failed++;
      return await response.text();
    } catch {
      this.#failed++;
      return undefined;
    }
  }
}
