import { type BackOff, backOff } from "../../resilience/retry/back-off.ts";
import type { Clock, Timer } from "../../time/clock.ts";
import type { Random } from "../../time/random.ts";
import type { Delivery } from "./otlp-client.ts";

/** A request that is being sent. */
interface Parcel {
  readonly body: Uint8Array;
  readonly items: number;
}

/** What one signal does: spans, metrics or logs. */
export interface LaneOptions<Item> {
  readonly clock: Clock;
  readonly random: Random;
  /** How long it waits for more before it sends. */
  readonly intervalMs: number;
  /** What the next request is to hold; empty when there is nothing to send. Must not throw. */
  readonly take: () => readonly Item[];
  readonly encode: (items: readonly Item[]) => Promise<Uint8Array>;
  /** Must not reject. */
  readonly post: (body: Uint8Array) => Promise<Delivery>;
}

/** A parcel is tried so often before it is given up: some 30 s with the waits between, unless the collector asks for more. */
const ATTEMPTS_MAX = 6;
const WAITS: BackOff = backOff({ firstMs: 1_000, maxMs: 15_000, jitter: "equal" });

/** What a lane did, since the beginning. */
export interface LaneCounters {
  /** Items that the collector took. */
  readonly sent: number;
  /** Items that it refused, or that were given up. */
  readonly lost: number;
  /** Why the last attempt failed; empty after one that did not. */
  readonly trouble: string;
}

/**
 * Sends one signal's requests one after the other, tries again what fails, and keeps nobody waiting. Its timers do not keep the
 * process alive.
 */
export class Lane<Item> {
  readonly #options: LaneOptions<Item>;
  #timer: Timer | undefined;
  #underWay: Promise<void> | undefined;
  #parcel: Parcel | undefined;
  #attempts = 0;
  #isClosing = false;
  #sent = 0;
  #lost = 0;
  #trouble = "";

  constructor(options: LaneOptions<Item>) {
    this.#options = options;
  }

  get counters(): LaneCounters {
    return { sent: this.#sent, lost: this.#lost, trouble: this.#trouble };
  }

  /** There is something to send: within the interval it will be. */
  wake(): void {
    if (this.#timer === undefined && this.#underWay === undefined && !this.#isClosing)
      this.#wakeIn(this.#options.intervalMs);
  }

  /** There is a whole request's worth: it is sent now, unless the collector is being waited for. */
  hurry(): void {
    if (this.#underWay !== undefined || this.#parcel !== undefined || this.#isClosing) return;
    this.#timer?.cancel();
    this.#begin();
  }

  /** Sends all that there is, trying each request once, and nothing afterwards. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#timer?.cancel();
    await this.#underWay;
    while (await this.#attempt()) {
      // Until there is nothing left, or the collector does not take it.
    }
    if (this.#parcel) this.#giveUp(this.#parcel);
  }

  #wakeIn(delayMs: number): void {
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#begin());
    this.#timer.unref();
  }

  #begin(): void {
    this.#timer = undefined;
    this.#underWay = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    while (!this.#isClosing && (await this.#attempt())) {
      // As long as the collector takes what there is.
    }
    this.#underWay = undefined;
  }

  /** Sends one request. False when there was none, or it has to be tried again later. */
  async #attempt(): Promise<boolean> {
    if (this.#parcel === undefined) {
      const items = this.#options.take();
      if (items.length === 0) return false;
      try {
        this.#parcel = { body: await this.#options.encode(items), items: items.length };
      } catch (thrown) {
        // Something that types do not let in. The rest must not suffer for it.
        this.#trouble = String(thrown);
        this.#lost += items.length;
        return true;
      }
    }
    const parcel = this.#parcel;
    const delivery = await this.#options.post(parcel.body);
    this.#attempts++;
    if (delivery.kind === "taken") {
      this.#sent += parcel.items;
      this.#trouble = "";
      this.#forget();
      return true;
    }
    this.#trouble = delivery.why;
    if (delivery.kind === "refused" || this.#attempts >= ATTEMPTS_MAX) {
      this.#giveUp(parcel);
      return delivery.kind === "refused";
    }
    const waitMs = delivery.afterMs ?? WAITS.delayMs(this.#attempts, 0, this.#options.random);
    if (!this.#isClosing) this.#wakeIn(waitMs);
    return false;
  }

  #giveUp(parcel: Parcel): void {
    this.#lost += parcel.items;
    this.#forget();
  }

  #forget(): void {
    this.#parcel = undefined;
    this.#attempts = 0;
  }
}
