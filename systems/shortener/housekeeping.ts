import type { Database, Statement } from "./database/database.ts";
import { IDEMPOTENCY_HOURS } from "./links/links.ts";

/**
 * Deletes what is no longer needed: idempotency keys after 24 hours, and the ids of counted batches after 7 days, which is
 * far longer than any process holds one back. A few thousand rows at a time; safe to run anywhere, any number of times.
 */
export async function tidyUp(database: Database): Promise<void> {
  for (const statement of [OLD_KEYS, OLD_BATCHES]) {
    let deleted: readonly object[];
    do {
      deleted = await database.run((session) => session.query(statement));
    } while (deleted.length >= ROWS_AT_ONCE);
  }
}

const ROWS_AT_ONCE = 5_000;

const OLD_KEYS: Statement = {
  name: "tidy-keys",
  text: `delete from idempotency_keys where key in (select key from idempotency_keys
    where created_at < now() - interval '${IDEMPOTENCY_HOURS} hours' order by created_at limit ${ROWS_AT_ONCE}
    for update skip locked) returning 1 as one`,
};
const OLD_BATCHES: Statement = {
  name: "tidy-batches",
  text: `delete from click_batches where id in (select id from click_batches
    where counted_at < now() - interval '7 days' order by counted_at limit ${ROWS_AT_ONCE}
    for update skip locked) returning 1 as one`,
};
