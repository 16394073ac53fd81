import { messageOf } from "../../../../blocks/errors/index.ts";
import {
  countSlowly,
  type Encoding,
  type ItemOf,
  OtlpError,
  type PartialSuccess,
  readRequest,
  type Signal,
  Tally,
  type TelemetrySink,
  Vocabulary,
} from "../../../../blocks/telemetry/otlp/index.ts";
import type { Batch } from "../../../../blocks/telemetry/otlp/model.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { DecodeBudget } from "./decode-budget.ts";
import type { Forwarder } from "./forwarder.ts";
import { inflate } from "./inflate.ts";
import type { DropReason, SignalCounts } from "./signal-counts.ts";

/** Of a request as it arrives. OpenTelemetry's own exporters send less than 1 MiB. */
export const BODY_BYTES_MAX: number = 4 * 1024 * 1024;
/** Of a request when it is no longer compressed. */
export const INFLATED_BYTES_MAX: number = 16 * 1024 * 1024;
/** Requests whose bodies are read and held at once; the bodies of others stay with their senders. */
const HELD_MAX = 16;
/** Requests that wait to be read. */
const WAITING_MAX = 1_024;
/** After this much work of one kind, others have their turn. */
const TURN_MS = 4;

/** A request's body as it came. */
export interface Body {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly isGzip: boolean;
  readonly bytes: Uint8Array;
}

/** What became of a request. */
export type Outcome =
  | { readonly kind: "taken"; readonly partial?: PartialSuccess }
  | {
      readonly kind: "refused";
      readonly reason: DropReason;
      readonly message: string;
      /** When to come again; absent when that would not help. */
      readonly retryAfterMs?: number;
    };

export interface IntakeOptions {
  readonly clock: Clock;
  readonly budget: DecodeBudget;
  readonly counts: SignalCounts;
  readonly sink: TelemetrySink;
  readonly forwarder?: Forwarder | undefined;
}

/**
 * Where bodies of either protocol are taken: one after the other, in turns of a few milliseconds, as long as the budget lasts. Beyond it
 * they are counted, forwarded and refused. Memory is bounded by what is held at once: 16 bodies of 4 MiB, one of them inflated.
 */
export class Intake {
  readonly #clock: Clock;
  readonly #budget: DecodeBudget;
  readonly #counts: SignalCounts;
  readonly #sink: TelemetrySink;
  readonly #forwarder: Forwarder | undefined;
  readonly #vocabulary = new Vocabulary();
  #held = 0;
  readonly #waiting: (() => void)[] = [];
  /** The body that is being taken. */
  #current: Promise<unknown> = Promise.resolve();

  constructor({ clock, budget, counts, sink, forwarder }: IntakeOptions) {
    this.#clock = clock;
    this.#budget = budget;
    this.#counts = counts;
    this.#sink = sink;
    this.#forwarder = forwarder;
  }

  /**
   * Takes what `read` gives once there is room to hold it: the body, or nothing when the sender went away. `"too-large"`: more came than
   * is read.
   */
  async take(
    signal: Signal,
    read: () => Promise<Body | "too-large" | undefined>,
  ): Promise<Outcome | undefined> {
    if (this.#held >= HELD_MAX) {
      if (this.#waiting.length >= WAITING_MAX)
        return this.#refuse(signal, "overload", 1, "too many requests wait", 1_000);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#held++;
    try {
      const body = await read();
      if (!body) return undefined;
      if (body === "too-large")
        return this.#refuse(signal, "too-large", 1, `a request may have ${BODY_BYTES_MAX} bytes`);
      const outcome = this.#current.then(() => this.#process(body));
      this.#current = outcome.catch(() => {});
      return await outcome;
    } finally {
      // The place passes on to the one who waits longest.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#held--;
    }
  }

  async #process(body: Body): Promise<Outcome> {
    const { signal, encoding } = body;
    const bytes = body.isGzip ? await inflate(body.bytes, INFLATED_BYTES_MAX) : body.bytes;
    if (bytes === "malformed") return this.#refuse(signal, "malformed", 1, "the body is no gzip");
    if (bytes === "too-large") {
      const message = `a request may have ${INFLATED_BYTES_MAX} bytes when it is inflated`;
      return this.#refuse(signal, "too-large", 1, message);
    }
    let count: number;
    try {
      count = await this.#count(signal, encoding, bytes);
    } catch (thrown) {
      if (!(thrown instanceof OtlpError)) throw thrown;
      return this.#refuse(signal, "malformed", 1, thrown.message);
    }
    // Also what cannot be decoded for want of time: the collector has its own.
    if (count > 0) this.#forwarder?.send(body, count);
    const waitMs = this.#budget.waitMs(this.#clock.monotonicMs());
    if (waitMs > 0) return this.#refuse(signal, "overload", count, "more arrives than can be read", waitMs);
    return this.#decode(signal, encoding, bytes, count);
  }

  async #count(signal: Signal, encoding: Encoding, bytes: Uint8Array): Promise<number> {
    const counting = countSlowly(signal, bytes, encoding);
    let step = counting.next();
    for (let sinceMs = this.#clock.monotonicMs(); !step.done; step = counting.next()) {
      if (this.#clock.monotonicMs() - sinceMs < TURN_MS) continue;
      await turn();
      sinceMs = this.#clock.monotonicMs();
    }
    return step.value;
  }

  async #decode(signal: Signal, encoding: Encoding, bytes: Uint8Array, count: number): Promise<Outcome> {
    const tally = new Tally();
    let sinceMs = this.#clock.monotonicMs();
    const pause = () => {
      const nowMs = this.#clock.monotonicMs();
      if (nowMs - sinceMs < TURN_MS) return undefined;
      this.#budget.spend(nowMs - sinceMs);
      return turn().then(() => {
        sinceMs = this.#clock.monotonicMs();
      });
    };
    try {
      const options = { tally, vocabulary: this.#vocabulary };
      if (signal === "traces") {
        await each(readRequest(signal, encoding, bytes, options), (batch) => this.#sink.spans(batch), pause);
      } else if (signal === "metrics") {
        await each(
          readRequest(signal, encoding, bytes, options),
          (batch) => this.#sink.metrics(batch),
          pause,
        );
      } else {
        await each(readRequest(signal, encoding, bytes, options), (batch) => this.#sink.logs(batch), pause);
      }
    } catch (thrown) {
      // A resource or a scope that does not decode: what comes behind it belongs to nobody.
      if (!(thrown instanceof OtlpError)) throw thrown;
      tally.refuse("malformed", thrown.message, count - tally.taken - tally.refused);
    } finally {
      this.#budget.spend(this.#clock.monotonicMs() - sinceMs);
      this.#counts.received(signal, tally.taken);
      this.#counts.dropped(signal, "malformed", tally.malformed);
      this.#counts.dropped(signal, "too-large", tally.tooLarge);
      this.#counts.dropped(signal, "unsupported", tally.unsupported);
    }
    if (tally.refused === 0) return { kind: "taken" };
    return { kind: "taken", partial: { rejected: tally.refused, message: tally.problem } };
  }

  #refuse(
    signal: Signal,
    reason: DropReason,
    count: number,
    message: string,
    retryAfterMs?: number,
  ): Outcome {
    this.#counts.dropped(signal, reason, count);
    return retryAfterMs === undefined
      ? { kind: "refused", reason, message }
      : { kind: "refused", reason, message, retryAfterMs };
  }
}

async function each<Item extends ItemOf[Signal]>(
  batches: Iterable<Batch<Item>>,
  take: (batch: Batch<Item>) => void,
  pause: () => Promise<void> | undefined,
): Promise<void> {
  for (const batch of batches) {
    if (batch.items.length > 0) take(batch);
    const paused = pause();
    if (paused) await paused;
  }
}

/** Lets what has arrived meanwhile have its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What is said of a failure that nobody foresaw. */
export function unforeseen(thrown: unknown): string {
  return `the request could not be taken: ${messageOf(thrown)}`;
}
