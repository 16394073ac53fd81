import { messageOf } from "../../errors/index.ts";
import { Circuit, type Pass } from "../../resilience/circuit-breaker/circuit.ts";
import { consecutiveFailures } from "../../resilience/circuit-breaker/consecutive-failures.ts";
import { type Clock, LONGEST_TIMER_MS, SharedTimeouts, Timeout } from "../../time/index.ts";
import type { RespStore } from "./resp-store.ts";
import type { Script } from "./script.ts";

/** What a limiter wants to know of its store's coming and going. What it throws is dropped: no decision fails for its watcher. */
export type StoreWatcher = (state: "lost" | "back", cause?: unknown) => void;

/** Failures in a row that make a store count as lost. */
const FAILURES_MAX = 3;
/** How long a lost store is left alone before one call tries it. */
const REST_MS = 1_000;
/** The circuit draws no lots here: its rest is always as long. */
const NO_CHANCE = () => 0;

/**
 * Asks a store, and never for longer than `timeoutMs`: what is late, refused or not understood is the same as no answer. A
 * store that keeps failing is left alone for a second at a time, so that nobody waits for it in vain.
 */
export class StoreLine {
  readonly timeoutMs: number;
  readonly #store: RespStore;
  readonly #clock: Clock;
  readonly #timeouts: SharedTimeouts;
  readonly #circuit = new Circuit({ trip: consecutiveFailures(FAILURES_MAX), openMs: REST_MS, trials: 1 });
  #isLost = false;
  readonly #watcher: StoreWatcher | undefined;

  constructor(store: RespStore, clock: Clock, timeoutMs: number, watcher: StoreWatcher | undefined) {
    if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS))
      throw new RangeError(
        `timeoutMs has to be a number of milliseconds above 0, at most ${LONGEST_TIMER_MS}, not ${timeoutMs}`,
      );
    this.#store = store;
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
    this.#timeouts = new SharedTimeouts(clock, timeoutMs);
    this.#watcher = watcher;
  }

  /** The numbers that the script answers with, `count` of them; undefined when there was no answer in time. Never rejects. */
  run(
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    count: number,
  ): Promise<readonly number[] | undefined> {
    const rest = [String(keys.length), ...keys, ...args];
    const understood = (reply: unknown) => numbersIn(reply, count);
    return this.#ask(["EVALSHA", script.sha, ...rest], keys, understood, ["EVAL", script.text, ...rest]);
  }

  /** Removes keys. False when there was no answer in time. */
  async remove(keys: readonly string[]): Promise<boolean> {
    return (await this.#ask(["DEL", ...keys], keys, () => true)) ?? false;
  }

  /** Whether it is asked: false while it counts as lost. */
  get isAsked(): boolean {
    return this.#circuit.position === "closed";
  }

  /** Milliseconds until asking again may help. Never 0, so that nobody who was refused for its loss comes again at once. */
  restMs(): number {
    if (this.isAsked) return this.timeoutMs;
    return this.#circuit.retryAfterMs(this.#clock.monotonicMs()) || this.timeoutMs;
  }

  #ask<Value>(
    words: readonly string[],
    keys: readonly string[],
    understood: (reply: unknown) => Value,
    whole?: readonly string[],
  ): Promise<Value | undefined> {
    const pass = this.#circuit.admit(this.#clock.monotonicMs(), NO_CHANCE);
    if (!pass) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const question = new Question<Value>(resolve, (cause) => this.#failed(pass, cause));
      this.#timeouts.start(question);
      const failed = (thrown: unknown) => {
        if (question.isOver) return;
        this.#timeouts.stop(question);
        question.fail(thrown);
      };
      const answered = (reply: unknown) => {
        if (question.isOver) return;
        try {
          const value = understood(reply);
          this.#timeouts.stop(question);
          this.#answered(pass);
          question.answer(value);
        } catch (thrown) {
          failed(thrown);
        }
      };
      const send = (sent: readonly string[], refused: (thrown: unknown) => void) => {
        try {
          this.#store.command(sent, keys[0] ?? "").then(answered, refused);
        } catch (thrown) {
          refused(thrown);
        }
      };
      send(words, (thrown) => {
        // A server that was restarted, or to which a cluster just moved the key, does not know the script yet.
        const isUnknown = whole !== undefined && messageOf(thrown).startsWith("NOSCRIPT");
        if (isUnknown && !question.isOver) send(whole, failed);
        else failed(thrown);
      });
    });
  }

  #answered(pass: Pass): void {
    this.#circuit.succeeded(pass, this.#clock.monotonicMs(), 0, NO_CHANCE);
    if (!this.#isLost || this.#circuit.position !== "closed") return;
    this.#isLost = false;
    this.#tell("back");
  }

  #failed(pass: Pass, cause: unknown): void {
    this.#circuit.failed(pass, this.#clock.monotonicMs(), 0, NO_CHANCE);
    if (this.#isLost || this.#circuit.position !== "open") return;
    this.#isLost = true;
    this.#tell("lost", cause);
  }

  #tell(state: "lost" | "back", cause?: unknown): void {
    try {
      this.#watcher?.(state, cause);
    } catch {}
  }
}

/** One command under way. Ends once: with an answer, a failure or its timeout. */
class Question<Value> extends Timeout {
  isOver = false;
  readonly #resolve: (value: Value | undefined) => void;
  readonly #failed: (cause: unknown) => void;

  constructor(resolve: (value: Value | undefined) => void, failed: (cause: unknown) => void) {
    super();
    this.#resolve = resolve;
    this.#failed = failed;
  }

  answer(value: Value): void {
    this.isOver = true;
    this.#resolve(value);
  }

  fail(cause: unknown): void {
    this.isOver = true;
    this.#resolve(undefined);
    this.#failed(cause);
  }

  override expired(): void {
    this.fail(new Error("the store did not answer in time"));
  }
}

/** Reads `1 0 12.5`. Replies come as strings, or as bytes where a client is told so. */
function numbersIn(reply: unknown, count: number): readonly number[] {
  const numbers = String(reply).split(" ").map(Number);
  if (numbers.length !== count || numbers.some((one) => !Number.isFinite(one)))
    throw new TypeError(`the store answered ${JSON.stringify(reply)?.slice(0, 100)} to a script`);
  return numbers;
}
