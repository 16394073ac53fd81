import type { Clock } from "trestle/time";
import type { CodeSource } from "../codes/code-source.ts";
import { ApiError } from "../http/errors.ts";
import type { TargetCache } from "../redirect/target-cache.ts";
import type { Link, LinkChange, LinkDraft } from "./link.ts";
import { fingerprintOf, type LinkInput, refusePast } from "./link-input.ts";
import type { Creation, Idempotency, Links } from "./links.ts";

/** How many generated codes may meet custom ones in a row before something must be wrong. */
const DRAWS_MAX = 10;

/** Makes, changes and deletes links, and keeps the cache in step with what was committed. */
export class LinkService {
  readonly #links: Links;
  readonly #codes: CodeSource;
  readonly #targets: Pick<TargetCache, "changing" | "keep">;
  readonly #clock: Clock;

  constructor(options: {
    links: Links;
    codes: CodeSource;
    targets: Pick<TargetCache, "changing" | "keep">;
    clock: Clock;
  }) {
    this.#links = options.links;
    this.#codes = options.codes;
    this.#targets = options.targets;
    this.#clock = options.clock;
  }

  /**
   * Makes a link; under an idempotency key, once. `answerOf` writes the answer that is kept with the key.
   *
   * @throws ApiError `VALIDATION_ERROR`, `CODE_TAKEN`, `IDEMPOTENCY_KEY_REUSED` or `CODES_EXHAUSTED`
   */
  async create(
    input: LinkInput,
    key: string | undefined,
    answerOf: (link: Link) => string,
  ): Promise<{ answer: string; repeated: boolean }> {
    const idempotency =
      key === undefined ? undefined : { key, fingerprint: fingerprintOf(input), answer: answerOf };
    const creation = (await this.#earlier(input, idempotency)) ?? (await this.#make(input, idempotency));
    switch (creation.kind) {
      case "created":
        return { answer: answerOf(creation.link), repeated: false };
      case "repeated":
        return { answer: creation.answer, repeated: true };
      case "key-reused":
        throw new ApiError("IDEMPOTENCY_KEY_REUSED");
      case "code-taken":
        throw new ApiError("CODE_TAKEN", {
          details: [{ field: "code", message: "Is taken; choose another" }],
        });
    }
  }

  /** @throws ApiError `LINK_NOT_FOUND` */
  async change(code: string, change: LinkChange): Promise<Link> {
    await this.#targets.changing(code);
    const link = await this.#links.change(code, change);
    await this.#targets.changing(code);
    if (!link) throw new ApiError("LINK_NOT_FOUND");
    return link;
  }

  /** @throws ApiError `LINK_NOT_FOUND` */
  async remove(code: string): Promise<void> {
    await this.#targets.changing(code);
    const removed = await this.#links.remove(code);
    await this.#targets.changing(code);
    if (!removed) throw new ApiError("LINK_NOT_FOUND");
  }

  /** A link whose expiry has passed is refused, unless this is a late repetition of a request that was in time. */
  async #earlier(input: LinkInput, idempotency: Idempotency | undefined): Promise<Creation | undefined> {
    const nowMs = this.#clock.wallMs();
    if (!input.expiresAt || input.expiresAt.getTime() > nowMs) return undefined;
    const earlier = idempotency && (await this.#links.earlier(idempotency.key, idempotency.fingerprint));
    if (!earlier) refusePast(input.expiresAt, nowMs);
    return earlier;
  }

  async #make(input: LinkInput, idempotency: Idempotency | undefined): Promise<Creation> {
    const { url, title, permanent, expiresAt } = input;
    if (input.code !== undefined) {
      const draft = { id: await this.#codes.nextId(), code: input.code, url, title, permanent, expiresAt };
      const creation = await this.#links.create(draft, idempotency);
      // Somebody may have tried the code before it existed, and the cache then knows that it does not.
      if (creation.kind === "created") await this.#targets.changing(input.code);
      return creation;
    }
    for (let draw = 1; ; draw++) {
      const draft: LinkDraft = { ...(await this.#codes.next()), url, title, permanent, expiresAt };
      const creation = await this.#links.create(draft, idempotency);
      if (creation.kind === "created") {
        const { id, code } = creation.link;
        void this.#targets.keep(code, { id, url, permanent, expiresAtMs: expiresAt?.getTime() ?? 0 });
      }
      // Somebody has chosen this very code for a link of their own: the next one will do.
      if (creation.kind !== "code-taken" || draw >= DRAWS_MAX) return creation;
    }
  }
}
