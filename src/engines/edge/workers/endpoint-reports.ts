import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";

/**
 * What several workers find out about the same endpoints, told once: `down` with the first that takes an endpoint out of use,
 * `up` with the last that brings it back. Pure.
 */
export class EndpointReports {
  /** For each endpoint that is out of use somewhere, the workers that say so. */
  readonly #downAt = new Map<
    string,
    { readonly message: EdgeEndpointMessage; readonly sources: Set<object> }
  >();
  #addresses = new Map<string, string>();

  /** Takes a worker's report. True when it is news. */
  take(source: object, message: EdgeEndpointMessage): boolean {
    const key = keyOf(message.upstream, message.id);
    const known = this.#downAt.get(key);
    if (message.state === "down") {
      if (known) known.sources.add(source);
      else this.#downAt.set(key, { message, sources: new Set([source]) });
      return known === undefined;
    }
    if (!known?.sources.delete(source) || known.sources.size > 0) return false;
    this.#downAt.delete(key);
    return true;
  }

  /** A worker is gone, and its opinions with it. Returns what is news by that. */
  forget(source: object): EdgeEndpointMessage[] {
    const news: EdgeEndpointMessage[] = [];
    for (const [key, { message, sources }] of this.#downAt) {
      if (!sources.delete(source) || sources.size > 0) continue;
      this.#downAt.delete(key);
      news.push({ ...message, state: "up", reason: "the worker that had taken it out of use has ended" });
    }
    return news;
  }

  /** Another configuration is in force: endpoints that it does not have, or has at another address, are forgotten. */
  configure({ upstreams }: EdgeConfig): void {
    const addresses = new Map<string, string>();
    for (const [upstream, { endpoints }] of Object.entries(upstreams)) {
      for (const { id, host, port } of endpoints) addresses.set(keyOf(upstream, id), `${host} ${port}`);
    }
    for (const key of this.#downAt.keys()) {
      if (addresses.get(key) !== this.#addresses.get(key)) this.#downAt.delete(key);
    }
    this.#addresses = addresses;
  }
}

function keyOf(upstream: string, id: string): string {
  return `${upstream}\0${id}`;
}
