import type { Clock, Random, Timer } from "../../../blocks/time/index.ts";
import type { HealthCheckConfig } from "../config/index.ts";
import { httpCheck } from "./http-check.ts";
import { failedConnection, tcpCheck } from "./tcp-check.ts";
import type { CheckConnect, CheckedAddress, HealthCheck, Verdict } from "./verdict.ts";

/** Each wait is the interval, up to this share of it shorter or longer: edges that began together soon check apart. */
const JITTER = 0.1;

/** The check that a configuration asks for. */
export function checkOf(config: HealthCheckConfig, connect: CheckConnect): HealthCheck {
  return config.kind === "tcp" ? tcpCheck(connect) : httpCheck(config, connect);
}

/** What a checker is told. */
export interface HealthCheckerOptions {
  readonly check: HealthCheck;
  readonly endpoint: CheckedAddress;
  /** `intervalMs` and `timeoutMs` count. */
  readonly config: HealthCheckConfig;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each check that says something of the endpoint, until the checker is closed. */
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Checks an endpoint again and again, until closed. */
export class HealthChecker {
  readonly #options: HealthCheckerOptions;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #timer: Timer | undefined;
  #abort: AbortController | undefined;
  #closed = false;

  /** The first check comes after a random part of the interval, so that endpoints are not all asked at once. */
  constructor(options: HealthCheckerOptions) {
    this.#options = options;
    this.#intervalMs = options.config.intervalMs ?? 2_000;
    this.#timeoutMs = options.config.timeoutMs ?? 1_000;
    this.#wait(options.random() * this.#intervalMs);
  }

  /** Checks now, unless a check is under way: something raises doubt. */
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
    this.#timer = this.#options.clock.setTimer(delayMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    const { check, endpoint, clock, random, onVerdict } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    let late = false;
    const patience = clock.setTimer(this.#timeoutMs, () => {
      late = true;
      abort.abort();
    });
    const verdict = await check(endpoint, abort.signal).catch((thrown) =>
      failedConnection("the check", thrown),
    );
    patience.cancel();
    this.#abort = undefined;
    if (this.#closed) return;
    this.#wait(this.#intervalMs * (1 - JITTER + 2 * JITTER * random()));
    if (late) onVerdict(this.#lateVerdict());
    else if (!verdict.isVoid) onVerdict(verdict);
  }

  #lateVerdict(): Verdict {
    const { config } = this.#options;
    const what = config.kind === "tcp" ? "a connection" : `GET ${config.path ?? "/"}`;
    const reason = `${what} ${config.kind === "tcp" ? "did not stand" : "gave no answer"} in ${this.#timeoutMs} ms`;
    return { passed: false, refused: false, reason };
  }
}
