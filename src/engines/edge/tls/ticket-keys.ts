import { createHash, hkdfSync, randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";
import type { Clock } from "../../../blocks/time/index.ts";

/** What a session ticket is sealed with (RFC 5077, section 4): 16 bytes each of name, HMAC key and AES key. */
type TicketKey = Buffer;

const KEY_BYTES = 48;
const PART_BYTES = 16;
/** A session lives for two periods at most, and may begin at the end of one. */
const PERIODS_ACCEPTED = 3;

export interface TicketKeysOptions {
  /** At least 32 bytes, the same in all processes that are to know each other's sessions. */
  readonly secret: Uint8Array;
  /** What sessions are good for: those of one scope are not known in another. */
  readonly scope: string;
  /** How long sessions can be resumed; above 0. */
  readonly sessionMs: number;
  readonly clock: Clock;
}

/**
 * Keys of session tickets, a new one for every half of `sessionMs` of wall time. Each is derived from the secret, the scope and the
 * number of the period (HKDF, RFC 5869), so that processes with one secret have the same keys without talking.
 */
export class TicketKeys {
  readonly #options: TicketKeysOptions;
  readonly #salt: Buffer;
  readonly #byPeriod = new Map<number, TicketKey>();

  constructor(options: TicketKeysOptions) {
    if (options.secret.length < 32) throw new RangeError("the session secret has to have 32 bytes or more");
    this.#options = options;
    this.#salt = createHash("sha256").update(options.scope).digest();
  }

  get scope(): string {
    return this.#options.scope;
  }

  /** The key that tickets are sealed with now: 48 bytes, as `server.setTicketKeys` takes them. */
  get current(): Buffer {
    return this.#keyOf(this.#period);
  }

  /** How long `current` stays the same. */
  get changesInMs(): number {
    const { clock } = this.#options;
    return (this.#period + 1) * this.#periodMs - clock.wallMs();
  }

  /**
   * Lets a context accept tickets of the periods before, too: with `setTicketKeys` alone, every session would end when the key
   * changes. Node has a hook for that, which it does not document: where it is missing, sessions end so, and nothing else happens.
   */
  acceptOlder(context: SecureContext): void {
    const native: unknown = context.context;
    if (!hasTicketHook(native)) return;
    native.onticketkeycallback = this.#onTicket;
    native.enableTicketKeyCallback();
  }

  readonly #onTicket = (name: Buffer, _iv: Buffer, sealing: boolean): TicketAnswer => {
    const current = this.current;
    if (sealing) return answer(1, current, randomBytes(PART_BYTES));
    const period = this.#period;
    for (let back = 0; back < PERIODS_ACCEPTED; back++) {
      const key = this.#keyOf(period - back);
      // A ticket of an older key is good, and followed by a new one.
      if (name.equals(key.subarray(0, PART_BYTES))) return answer(back === 0 ? 1 : 2, key);
    }
    return answer(0, current);
  };

  get #periodMs(): number {
    return this.#options.sessionMs / 2;
  }

  get #period(): number {
    return Math.floor(this.#options.clock.wallMs() / this.#periodMs);
  }

  #keyOf(period: number): TicketKey {
    const known = this.#byPeriod.get(period);
    if (known) return known;
    const info = `trestle edge session ticket ${period}`;
    const key = Buffer.from(hkdfSync("sha256", this.#options.secret, this.#salt, info, KEY_BYTES));
    const oldest = Math.min(period, this.#period) - PERIODS_ACCEPTED;
    for (const one of this.#byPeriod.keys()) if (one < oldest) this.#byPeriod.delete(one);
    this.#byPeriod.set(period, key);
    return key;
  }
}

/** What came of it (0: unknown, 1: good, 2: good, and to be renewed), HMAC key, AES key; to seal with, also name and start. */
type TicketAnswer = readonly [number, Buffer, Buffer, Buffer?, Buffer?];

function answer(result: 0 | 1 | 2, key: TicketKey, start?: Buffer): TicketAnswer {
  const name = key.subarray(0, PART_BYTES);
  const hmac = key.subarray(PART_BYTES, 2 * PART_BYTES);
  const aes = key.subarray(2 * PART_BYTES);
  return start ? [result, hmac, aes, name, start] : [result, hmac, aes];
}

interface TicketHook {
  enableTicketKeyCallback(): void;
  onticketkeycallback?: (name: Buffer, iv: Buffer, sealing: boolean) => TicketAnswer;
}

function hasTicketHook(native: unknown): native is TicketHook {
  return (
    typeof native === "object" &&
    native !== null &&
    "enableTicketKeyCallback" in native &&
    typeof native.enableTicketKeyCallback === "function"
  );
}
