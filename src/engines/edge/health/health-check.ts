import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import type { Clock, Random, Timer } from "../../../blocks/time/index.ts";
import type { HealthCheckConfig } from "../config/index.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import { statusOf } from "./probe.ts";

/** Asks an endpoint for its health path, again and again, until closed. */
export class HealthChecker {
  readonly #endpoint: Endpoint;
  readonly #config: HealthCheckConfig;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #abort: AbortController | undefined;
  #closed = false;

  /** The first check comes after a random part of the interval, so that endpoints are not all asked at once. */
  constructor(endpoint: Endpoint, config: HealthCheckConfig, clock: Clock, random: Random) {
    this.#endpoint = endpoint;
    this.#config = config;
    this.#intervalMs = config.intervalMs ?? 2_000;
    this.#clock = clock;
    this.#wait(random() * this.#intervalMs);
  }

  /** Checks now, unless a check is under way: a request has failed in a way that raises doubt. */
  checkNow(): void {
    if (this.#closed || this.#abort) return;
    this.#timer?.cancel();
    void this.#check();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#abort?.abort();
  }

  #wait(delayMs: number): void {
    this.#timer = this.#clock.setTimer(delayMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const { path = "/", timeoutMs = 1_000 } = this.#config;
    const { host, port } = this.#endpoint;
    let late = false;
    const patience = this.#clock.setTimer(timeoutMs, () => {
      late = true;
      abort.abort();
    });
    const what = `GET ${path}`;
    try {
      const status = await statusOf({ host, port, path, signal: abort.signal });
      if (this.#closed) return;
      if (status >= 200 && status < 300) this.#endpoint.checkPassed(`${what} answered ${status}`);
      else this.#endpoint.checkFailed(`${what} answered ${status}`, false);
    } catch (thrown) {
      if (this.#closed) return;
      const why = late
        ? `gave no answer in ${timeoutMs} ms`
        : `failed (${codeOf(thrown) ?? messageOf(thrown)})`;
      this.#endpoint.checkFailed(`${what} ${why}`, codeOf(thrown) === "ECONNREFUSED");
    } finally {
      patience.cancel();
      this.#abort = undefined;
      if (!this.#closed) this.#wait(this.#intervalMs);
    }
  }
}
