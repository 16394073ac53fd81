import { Redis } from "ioredis";
import type { Store } from "./store.ts";

/** How long a command may take before the request goes on without the cache. */
const COMMAND_TIMEOUT_MS = 100;
/** The longest wait between two attempts to connect anew. */
const RECONNECT_DELAY_MS_MAX = 200;

/**
 * A store behind RESP: this system's cache, or Redis, or Valkey.
 *
 * Never waits for a connection: while there is none, every call fails at once. What is sent in one turn of the event loop
 * goes out as one write.
 */
export class RedisStore implements Store {
  readonly #redis: Redis;

  constructor(url: string, onChange?: (state: "away" | "back", cause?: unknown) => void) {
    this.#redis = new Redis(url, {
      protocol: 2,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: 1_000,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      enableReadyCheck: false,
      disableClientInfo: true,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(25 * times, RECONNECT_DELAY_MS_MAX),
    });
    let isAway = false;
    let cause: unknown;
    this.#redis.on("error", (thrown) => {
      cause = thrown;
    });
    this.#redis.on("close", () => {
      if (!isAway && this.#redis.status !== "end") onChange?.("away", cause);
      isAway = true;
    });
    this.#redis.on("ready", () => {
      if (isAway) onChange?.("back");
      isAway = false;
    });
  }

  get(key: string): Promise<string | null> {
    return this.#redis.get(key);
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#redis.set(key, value, "PX", ttlMs);
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#redis.set(key, value, "PX", ttlMs, "NX")) === "OK";
  }

  close(): void {
    this.#redis.disconnect();
  }
}
