import { keyOf } from "../balancing/key-of.ts";
import { type FactSources, FieldFacts } from "../balancing/request-facts.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** Chooses endpoints for one request: by the client's affinity, then by the balancer, and none of them twice. */
export class EndpointSearch {
  readonly #sources: () => FactSources;
  #facts: FieldFacts | undefined;
  #tried: Endpoint[] | undefined;
  /** Where the client belongs, by its affinity. */
  #kept: Endpoint | undefined;

  /** `sources` is asked only where an upstream looks at what a request says. */
  constructor(sources: () => FactSources) {
    this.#sources = sources;
  }

  /** Whose turn it is, those left out that were tried, and `besides`; undefined when nobody is left. */
  pick(upstream: Upstream, nowMs: number, besides?: Endpoint): Endpoint | undefined {
    const tried = besides ? [...(this.#tried ?? []), besides] : this.#tried;
    const { affinity, key } = upstream;
    if (!affinity && !key) return upstream.pick(nowMs, tried);
    this.#facts ??= new FieldFacts(this.#sources());
    const kept = affinity?.endpointFor(this.#facts, upstream.endpoints, nowMs, tried);
    if (kept) {
      this.#kept ??= kept;
      return kept;
    }
    const hash = key ? keyOf(key, this.#facts) : undefined;
    return upstream.pick(hash === undefined ? nowMs : { nowMs, hash }, tried);
  }

  /** It is not asked again. */
  exclude(endpoint: Endpoint): void {
    this.#tried ??= [];
    this.#tried.push(endpoint);
  }

  /**
   * The value of the `Set-Cookie` that binds the client to the endpoint that has answered, where that is wanted and not done yet.
   * Not for one that it was sent to for this once, because its own is busy, or has failed one request.
   */
  cookieFor({ affinity }: Upstream, endpoint: Endpoint): string | undefined {
    if (!affinity || !this.#facts || (this.#kept !== undefined && this.#kept !== endpoint)) return undefined;
    return affinity.setCookieFor(endpoint, this.#facts);
  }
}
