import { createHash } from "node:crypto";
import type { Clock } from "../../../blocks/time/index.ts";
import type { Candidate } from "../balancing/balancer.ts";
import type { RequestFacts } from "../balancing/request-facts.ts";
import type { AffinityConfig } from "../config/index.ts";
import type { Affinity, AffinityContext } from "./affinity.ts";
import { SIGNED_TAG_LENGTH, SignedTags } from "./signed-tag.ts";

const DEFAULT_MAX_AGE_MS = 86_400_000;

/**
 * Cookies of the name that are looked at: others may have set some for the same host, which come with the edge's own.
 */
const COOKIES_MAX = 4;

/** How far the clock of the edge that made a cookie may be ahead of this one's. */
const AHEAD_MS = 300_000;

type CookieConfig = Extract<AffinityConfig, { by: "cookie" }>;

/**
 * Affinity by a signed cookie that names the member, without giving it away: see `SignedTags`. Cookies that were not
 * made here, are of another upstream, or are older than `maxAgeMs` (default a day) count for nothing, whatever they
 * look like.
 *
 * A cookie past half its age is made anew with the next answer, so that a client stays for as long as it keeps coming
 * back in time. The cookie is `HttpOnly; SameSite=Lax; Path=/`, and `Secure` for a client that came over TLS.
 * Without a name it is called after the upstream, though not by its name: of two upstreams under one host with cookies of
 * one name, each would take the place of the other's.
 */
export class CookieAffinity<Member extends Candidate> implements Affinity<Member> {
  readonly #name: string;
  readonly #maxAgeMs: number;
  readonly #attributes: string;
  readonly #clock: Clock;
  readonly #signed: SignedTags;
  /** The list that `#byTag` was made of. */
  #members: readonly Member[] = [];
  #byTag = new Map<string, Member>();
  #tags = new Map<Member, string>();

  constructor(config: CookieConfig, { upstream, clock, secret }: AffinityContext) {
    this.#name = config.name ?? defaultNameFor(upstream);
    this.#maxAgeMs = config.maxAgeMs ?? DEFAULT_MAX_AGE_MS;
    this.#attributes = `; Path=/; Max-Age=${Math.floor(this.#maxAgeMs / 1_000)}; HttpOnly; SameSite=Lax`;
    this.#clock = clock;
    this.#signed = new SignedTags(
      config.secret === undefined ? secret : Buffer.from(config.secret),
      upstream,
    );
  }

  endpointFor(
    facts: RequestFacts,
    members: readonly Member[],
    nowMs: number,
    tried?: readonly Member[],
  ): Member | undefined {
    if (members !== this.#members) this.#learn(members);
    for (let skipped = 0; skipped < COOKIES_MAX; skipped++) {
      const value = facts.cookie(this.#name, skipped);
      if (value === undefined) return undefined;
      if (this.#ageMs(value) > this.#maxAgeMs) continue;
      const member = this.#byTag.get(this.#signed.tagIn(value));
      if (member && !tried?.includes(member) && member.admit(nowMs)) return member;
    }
    return undefined;
  }

  setCookieFor(member: Member, facts: RequestFacts): string | undefined {
    const tag = this.#tags.get(member) ?? this.#signed.tagOf(member.id);
    for (let skipped = 0; skipped < COOKIES_MAX; skipped++) {
      const value = facts.cookie(this.#name, skipped);
      if (value === undefined) break;
      if (value.startsWith(tag) && this.#ageMs(value) <= this.#maxAgeMs / 2) return undefined;
    }
    const value = this.#signed.issue(tag, this.#clock.wallMs());
    return `${this.#name}=${value}${this.#attributes}${facts.overTls ? "; Secure" : ""}`;
  }

  /** Endless for a value that is not to be believed. */
  #ageMs(value: string): number {
    if (value.length !== SIGNED_TAG_LENGTH) return Number.POSITIVE_INFINITY;
    const issuedMs = this.#signed.issuedMs(value);
    const ageMs = issuedMs === undefined ? Number.NEGATIVE_INFINITY : this.#clock.wallMs() - issuedMs;
    return ageMs < -AHEAD_MS ? Number.POSITIVE_INFINITY : ageMs;
  }

  #learn(members: readonly Member[]): void {
    const tags = new Map<Member, string>();
    const byTag = new Map<string, Member>();
    for (const member of members) {
      const tag = this.#tags.get(member) ?? this.#signed.tagOf(member.id);
      tags.set(member, tag);
      byTag.set(tag, member);
    }
    this.#members = members;
    this.#tags = tags;
    this.#byTag = byTag;
  }
}

/** The same on every edge that has an upstream of the name. */
function defaultNameFor(upstream: string): string {
  return `trestle-affinity-${createHash("sha256").update(upstream).digest("hex").slice(0, 8)}`;
}
