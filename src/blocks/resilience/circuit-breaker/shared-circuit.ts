import type { Random } from "../../time/index.ts";
import type { Circuit, CircuitPosition, Pass } from "./circuit.ts";
import type { CircuitStore } from "./circuit-store.ts";

/** How a circuit's state is shared between processes. */
export interface SharedOptions {
  readonly store: CircuitStore;
  /** What all breakers of one dependency have in common, and no others of the store. */
  readonly key: string;
  /**
   * How old the news of the others may be, while there are calls; and how long the store may take to answer before each
   * process stands alone. Milliseconds, from 10 up. Default 1,000.
   */
  readonly refreshMs?: number;
}

/**
 * A circuit that tells others when it opens and closes, and hears of it from them.
 *
 * Under `key` stands the last that anybody found out: `open <id> <for how many ms>` or `closed <id>`, where the id names one
 * opening. Whoever reads of an opening that is new to it opens as well; whoever reads that the opening it is in has been
 * closed closes too. No time of day is exchanged, so the machines' clocks may differ.
 *
 * When an opening's time is over, one process does the trials: the one whose claim `<key>:trial:<id>` is set. Should it die or
 * get no more calls, the claim ends after `trialMs` and another may have it: nothing here has a timer that could give it back.
 *
 * The store is asked beside the calls and never waited for; one request is under way at most, and none where there are no
 * calls. While it fails or is slow, the circuit goes by its own calls alone.
 */
export class SharedCircuit {
  readonly #circuit: Circuit;
  readonly #store: CircuitStore;
  readonly #key: string;
  readonly #refreshMs: number;
  /** The opening that this process knows of, found out by itself or read. */
  #opening: string | undefined;
  /** What is to be written: the latest alone counts. */
  #unwritten: Written | undefined;
  #nextReadMs = Number.NEGATIVE_INFINITY;
  #claim: Claim = { kind: "none" };
  #request: { readonly begunMs: number } | undefined;
  #heard: ((from: CircuitPosition) => void) | undefined;

  /** Throws a `RangeError` for options out of their range. */
  constructor(circuit: Circuit, options: SharedOptions) {
    const { store, key, refreshMs = 1_000 } = options;
    if (!(refreshMs >= 10 && Number.isFinite(refreshMs))) {
      throw new RangeError(
        `circuitBreaker: shared.refreshMs has to be a finite number of at least 10, not ${refreshMs}`,
      );
    }
    if (key === "")
      throw new RangeError("circuitBreaker: shared.key has to name the dependency, not be empty");
    this.#circuit = circuit;
    this.#store = store;
    this.#key = key;
    this.#refreshMs = refreshMs;
  }

  /** As the circuit's `admit`. `heard` is told where it stood, when the others' word changes that, in a while. */
  admit(nowMs: number, random: Random, heard: (from: CircuitPosition) => void): Pass | undefined {
    this.#heard = heard;
    const isHeldBack = this.#circuit.isDue(nowMs) && !this.#mayTry(nowMs);
    this.#ask(nowMs);
    return isHeldBack ? undefined : this.#circuit.admit(nowMs, random);
  }

  /** The circuit has changed by its own calls. */
  changed(nowMs: number, random: Random): void {
    const { position } = this.#circuit;
    const openForMs = this.#circuit.retryAfterMs(nowMs);
    if (position === "open" && openForMs !== undefined) {
      this.#opening = random().toString(36).slice(2) + random().toString(36).slice(2);
      this.#write(`open ${this.#opening} ${Math.ceil(openForMs)}`, openForMs);
    } else if (position === "closed" && this.#opening !== undefined)
      this.#write(`closed ${this.#opening}`, 0);
    this.#ask(nowMs);
  }

  /** What stands there has to outlast the opening and its trials. */
  #write(value: string, openForMs: number): void {
    this.#unwritten = { value, ttlMs: wholeTtlMs(openForMs + 2 * this.#circuit.trialMs) };
    this.#claim = { kind: "none" };
  }

  /** Whether the trials are this process's to do. If that is not known it is to be asked, and a later call learns of it. */
  #mayTry(nowMs: number): boolean {
    if (this.#opening === undefined) return true;
    const claim = this.#claim;
    switch (claim.kind) {
      case "granted":
        return true;
      case "asked":
        return nowMs - claim.askedMs >= this.#refreshMs;
      case "denied":
        if (nowMs < claim.untilMs) return false;
        break;
      case "none":
    }
    this.#claim = { kind: "asked", askedMs: nowMs };
    return false;
  }

  /** Sends what is most urgent, unless a request is under way. */
  #ask(nowMs: number): void {
    if (this.#request && nowMs - this.#request.begunMs < this.#refreshMs * PATIENCE) return;
    if (this.#unwritten) this.#sendWritten(nowMs, this.#unwritten);
    else if (this.#claim.kind === "asked") this.#sendClaim(nowMs);
    else if (nowMs >= this.#nextReadMs) this.#read(nowMs);
  }

  #sendWritten(nowMs: number, written: Written): void {
    const done = () => {
      if (this.#unwritten === written) this.#unwritten = undefined;
    };
    this.#send(nowMs, () => this.#store.set(this.#key, written.value, written.ttlMs), done, done);
  }

  #sendClaim(nowMs: number): void {
    const opening = this.#opening;
    const settle = (claim: Claim) => {
      if (this.#opening === opening && this.#claim.kind === "asked") this.#claim = claim;
    };
    const claimKey = `${this.#key}:trial:${opening}`;
    const ttlMs = wholeTtlMs(this.#circuit.trialMs);
    this.#send(
      nowMs,
      () => this.#store.set(claimKey, "1", ttlMs, { onlyIfAbsent: true }),
      (isSet) => settle(isSet ? { kind: "granted" } : { kind: "denied", untilMs: nowMs + this.#refreshMs }),
      // Without a store everybody stands alone.
      () => settle({ kind: "granted" }),
    );
  }

  #read(nowMs: number): void {
    this.#nextReadMs = nowMs + this.#refreshMs;
    const known = this.#opening;
    this.#send(
      nowMs,
      () => this.#store.get(this.#key),
      (value) => {
        // What was found out here since then is newer.
        if (typeof value === "string" && this.#opening === known) this.#hear(value, nowMs);
      },
      () => {},
    );
  }

  #hear(value: string, nowMs: number): void {
    const [word, opening, openForMs] = value.split(" ", 3);
    const from = this.#circuit.position;
    if (word === "open" && opening && opening !== this.#opening) {
      const askedMs = Number(openForMs);
      if (!(askedMs > 0)) return;
      this.#opening = opening;
      this.#claim = { kind: "none" };
      this.#circuit.openFor(nowMs, Math.min(askedMs, this.#circuit.openMsMax));
    } else if (word === "closed" && opening === this.#opening) this.#circuit.close();
    else return;
    if (this.#circuit.position !== from) this.#heard?.(from);
  }

  /** One request at a time. An answer that comes after it was given up is not heard. */
  #send<Answer>(
    nowMs: number,
    begin: () => Promise<Answer>,
    answered: (answer: Answer) => void,
    failed: () => void,
  ): void {
    const request = { begunMs: nowMs };
    this.#request = request;
    const end = (then: () => void) => {
      if (this.#request !== request) return;
      this.#request = undefined;
      then();
      // What became urgent while this was under way does not wait for the next call.
      if (this.#unwritten || this.#claim.kind === "asked") this.#ask(nowMs);
    };
    try {
      begin().then(
        (answer) => end(() => answered(answer)),
        () => end(failed),
      );
    } catch {
      end(failed);
    }
  }
}

interface Written {
  readonly value: string;
  readonly ttlMs: number;
}

/** Who may do an opening's trials. */
type Claim =
  | { readonly kind: "none" }
  | { readonly kind: "asked"; readonly askedMs: number }
  | { readonly kind: "granted" }
  | { readonly kind: "denied"; readonly untilMs: number };

/** A request that takes this many times `refreshMs` is given up, so that one that never ends does not end all sharing. */
const PATIENCE = 10;

/** A year: beyond what any opening takes, and within what every server takes for a time. */
const TTL_MS_MAX = 31_536_000_000;

function wholeTtlMs(ttlMs: number): number {
  return Math.min(TTL_MS_MAX, Math.ceil(ttlMs));
}
