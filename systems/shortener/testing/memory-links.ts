import type { Clock } from "trestle/time";
import { UnavailableError } from "../database/unavailable.ts";
import type { Link, LinkChange, LinkDraft, Target } from "../links/link.ts";
import {
  type Creation,
  IDEMPOTENCY_HOURS,
  type Idempotency,
  type Links,
  type Place,
} from "../links/links.ts";

/** Links in memory, kept to the same promises as those in PostgreSQL; the database can be taken away. */
export class MemoryLinks implements Links {
  /** While true, every call fails as it does when the database cannot be reached. */
  isAway = false;
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();
  readonly #answers = new Map<string, { fingerprint: Buffer; answer: string; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async create(draft: LinkDraft, idempotency?: Idempotency): Promise<Creation> {
    this.#reach();
    const earlier = idempotency && (await this.earlier(idempotency.key, idempotency.fingerprint));
    if (earlier) return earlier;
    const taken = this.#links.get(draft.code);
    if (taken && taken.id !== draft.id) return { kind: "code-taken" };
    const link = taken ?? { ...draft, createdAt: new Date(this.#clock.wallMs()), clicks: 0 };
    this.#links.set(link.code, link);
    if (idempotency) {
      const { key, fingerprint, answer } = idempotency;
      this.#answers.set(key, { fingerprint, answer: answer(link), atMs: this.#clock.wallMs() });
    }
    return { kind: "created", link };
  }

  async earlier(key: string, fingerprint: Buffer): Promise<Creation | undefined> {
    this.#reach();
    const kept = this.#answers.get(key);
    if (!kept || this.#clock.wallMs() - kept.atMs >= IDEMPOTENCY_HOURS * 3_600_000) return undefined;
    return kept.fingerprint.equals(fingerprint)
      ? { kind: "repeated", answer: kept.answer }
      : { kind: "key-reused" };
  }

  async find(code: string): Promise<Link | undefined> {
    this.#reach();
    return this.#links.get(code);
  }

  async target(code: string): Promise<Target | undefined> {
    const link = await this.find(code);
    if (!link) return undefined;
    const { id, url, permanent, expiresAt } = link;
    return { id, url, permanent, expiresAtMs: expiresAt?.getTime() ?? 0 };
  }

  async change(code: string, change: LinkChange): Promise<Link | undefined> {
    const link = await this.find(code);
    if (!link) return undefined;
    const changed = { ...link, ...change };
    this.#links.set(code, changed);
    return changed;
  }

  async remove(code: string): Promise<boolean> {
    this.#reach();
    return this.#links.delete(code);
  }

  async page({ limit, after }: { limit: number; after?: Place }): Promise<Link[]> {
    this.#reach();
    return [...this.#links.values()]
      .sort((one, other) => +other.createdAt - +one.createdAt || other.id - one.id)
      .filter((link) => !after || isAfter(link, after))
      .slice(0, limit);
  }

  /** Adds to a link's clicks; false when it is gone. */
  count(id: number, clicks: number): boolean {
    this.#reach();
    for (const link of this.#links.values()) {
      if (link.id !== id) continue;
      this.#links.set(link.code, { ...link, clicks: link.clicks + clicks });
      return true;
    }
    return false;
  }

  #reach(): void {
    if (this.isAway) throw new UnavailableError("the database is away");
  }
}

function isAfter(link: Link, { createdAtMs, id }: Place): boolean {
  const atMs = link.createdAt.getTime();
  return atMs < createdAtMs || (atMs === createdAtMs && link.id < id);
}
