import type { DatabaseCalls } from "trestle/telemetry";
import type { Reply } from "./resp/reply-reader.ts";
import type { RespClient } from "./resp/resp-client.ts";
import type { Store } from "./store.ts";

/** A store behind RESP: this system's cache, or Valkey, or Redis. Whatever keeps it from answering is an absent answer. */
export class RespStore implements Store {
  readonly #client: RespClient;
  readonly #calls: DatabaseCalls;

  /** `calls` watches what is asked of the store. */
  constructor(client: RespClient, calls: DatabaseCalls) {
    this.#client = client;
    this.#calls = calls;
  }

  async get(key: string): Promise<string | undefined> {
    const reply = await this.#ask("GET", [key]);
    return typeof reply === "string" ? reply : undefined;
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#ask("SET", [key, value, "PX", String(ttlMs)])) === "OK";
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#ask("SET", [key, value, "PX", String(ttlMs), "NX"])) === "OK";
  }

  async #ask(command: string, words: readonly string[]): Promise<Reply | undefined> {
    const call = this.#calls.begin(command);
    try {
      const reply = await this.#client.send([command, ...words]);
      call.end();
      return reply;
    } catch (thrown) {
      // The client's owner is told of a lost connection once, and not by every request.
      call.fail(thrown);
      return undefined;
    }
  }
}
