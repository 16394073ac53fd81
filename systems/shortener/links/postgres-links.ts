import type { Database, Session, Statement } from "../database/database.ts";
import type { Link, LinkChange, LinkDraft, Target } from "./link.ts";
import { type Creation, IDEMPOTENCY_HOURS, type Idempotency, type Links, type Place } from "./links.ts";

/** Links in PostgreSQL. */
export class PostgresLinks implements Links {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(draft: LinkDraft, idempotency?: Idempotency): Promise<Creation> {
    if (!idempotency) return this.#database.run((session) => insert(session, draft));
    return this.#createOnce(draft, idempotency);
  }

  async earlier(key: string, fingerprint: Buffer): Promise<Creation | undefined> {
    const [row] = await this.#database.run((session) => session.query<AnswerRow>(EARLIER, [key]));
    return row && repetitionOf(row, fingerprint);
  }

  async find(code: string): Promise<Link | undefined> {
    const [row] = await this.#database.run((session) => session.query<LinkRow>(FIND, [code]));
    return row && linkOf(row);
  }

  async target(code: string): Promise<Target | undefined> {
    const [row] = await this.#database.run((session) => session.query<TargetRow>(TARGET, [code]));
    if (!row) return undefined;
    const { id, url, permanent, expires_at: expiresAt } = row;
    return { id, url, permanent, expiresAtMs: expiresAt?.getTime() ?? 0 };
  }

  async change(code: string, change: LinkChange): Promise<Link | undefined> {
    const values = [
      code,
      change.url ?? null,
      change.title !== undefined,
      change.title ?? null,
      change.permanent ?? null,
      change.expiresAt !== undefined,
      change.expiresAt ?? null,
    ];
    const [row] = await this.#database.run((session) => session.query<LinkRow>(CHANGE, values));
    return row && linkOf(row);
  }

  remove(code: string): Promise<boolean> {
    return this.#database.transaction(async (session, { mayBeDone }) => {
      const [row] = await session.query<{ id: number }>(REMOVE, [code]);
      // A lost answer may have been that it is gone; either way, now it is.
      if (!row) return mayBeDone;
      await session.query(REMOVE_CLICKS, [row.id]);
      return true;
    });
  }

  async page({ limit, after }: { limit: number; after?: Place }): Promise<Link[]> {
    const rows = await this.#database.run((session) =>
      after
        ? session.query<LinkRow>(PAGE_AFTER, [limit, new Date(after.createdAtMs), after.id])
        : session.query<LinkRow>(PAGE, [limit]),
    );
    return rows.map(linkOf);
  }

  /** Whoever claims the key first makes the link; a second claim waits for that transaction and then reads its answer. */
  #createOnce(draft: LinkDraft, idempotency: Idempotency): Promise<Creation> {
    const { key, fingerprint, answer } = idempotency;
    return this.#database.transaction(async (session) => {
      const claimed = await session.query(CLAIM, [key, fingerprint]);
      if (claimed.length === 0) {
        const [row] = await session.query<AnswerRow>(EARLIER, [key]);
        if (!row) throw new Error("an idempotency key was claimed and yet has no answer");
        return repetitionOf(row, fingerprint);
      }
      const creation = await insert(session, draft);
      if (creation.kind === "created") await session.query(KEEP_ANSWER, [key, answer(creation.link)]);
      else await session.query(RELEASE_KEY, [key]);
      return creation;
    });
  }
}

async function insert(session: Session, draft: LinkDraft): Promise<Creation> {
  const { id, code, url, title, permanent, expiresAt } = draft;
  const values = [id, code, url, title, permanent, expiresAt];
  const [made] = await session.query<LinkRow>(INSERT, values);
  if (made) return { kind: "created", link: linkOf(made) };
  // Either the code is taken, or an earlier attempt of ours got through: numbers are never used for two requests.
  const [ours] = await session.query<LinkRow>(FIND_BY_ID, [id]);
  return ours ? { kind: "created", link: linkOf(ours) } : { kind: "code-taken" };
}

function repetitionOf(row: AnswerRow, fingerprint: Buffer): Creation {
  if (!row.fingerprint.equals(fingerprint)) return { kind: "key-reused" };
  return { kind: "repeated", answer: row.answer };
}

function linkOf(row: LinkRow): Link {
  const { id, code, url, title, permanent, created_at: createdAt, expires_at: expiresAt, clicks } = row;
  return { id, code, url, title, permanent, createdAt, expiresAt, clicks };
}

interface LinkRow {
  readonly id: number;
  readonly code: string;
  readonly url: string;
  readonly title: string | null;
  readonly permanent: boolean;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly clicks: number;
}

interface TargetRow {
  readonly id: number;
  readonly url: string;
  readonly permanent: boolean;
  readonly expires_at: Date | null;
}

interface AnswerRow {
  readonly fingerprint: Buffer;
  readonly answer: string;
}

const COLUMNS = "id, code, url, title, permanent, created_at, expires_at, clicks";
const KEPT = `created_at > now() - interval '${IDEMPOTENCY_HOURS} hours'`;

const INSERT: Statement = {
  name: "link-insert",
  text: `insert into links (id, code, url, title, permanent, expires_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    returning ${COLUMNS}`,
};
const FIND: Statement = { name: "link-find", text: `select ${COLUMNS} from links where code = $1` };
const FIND_BY_ID: Statement = { name: "link-find-by-id", text: `select ${COLUMNS} from links where id = $1` };
const TARGET: Statement = {
  name: "link-target",
  text: "select id, url, permanent, expires_at from links where code = $1",
};
const CHANGE: Statement = {
  name: "link-change",
  text: `update links set
      url = coalesce($2, url),
      title = case when $3 then $4 else title end,
      permanent = coalesce($5, permanent),
      expires_at = case when $6 then $7 else expires_at end
    where code = $1 returning ${COLUMNS}`,
};
const REMOVE: Statement = { name: "link-remove", text: "delete from links where code = $1 returning id" };
const REMOVE_CLICKS: Statement = {
  name: "link-remove-clicks",
  text: "delete from clicks where link_id = $1",
};
const PAGE: Statement = {
  name: "link-page",
  text: `select ${COLUMNS} from links order by created_at desc, id desc limit $1`,
};
const PAGE_AFTER: Statement = {
  name: "link-page-after",
  text: `select ${COLUMNS} from links where (created_at, id) < ($2, $3)
    order by created_at desc, id desc limit $1`,
};
const CLAIM: Statement = {
  name: "key-claim",
  text: `insert into idempotency_keys as kept (key, fingerprint) values ($1, $2)
    on conflict (key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = now()
      where not (kept.${KEPT})
    returning key`,
};
const EARLIER: Statement = {
  name: "key-earlier",
  text: `select fingerprint, answer from idempotency_keys where key = $1 and answer is not null and ${KEPT}`,
};
const KEEP_ANSWER: Statement = {
  name: "key-keep-answer",
  text: "update idempotency_keys set answer = $2 where key = $1",
};
const RELEASE_KEY: Statement = {
  name: "key-release",
  text: "delete from idempotency_keys where key = $1",
};
