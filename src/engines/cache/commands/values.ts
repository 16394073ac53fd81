import type { Context, Session } from "../core/index.ts";

/** Looks a key up to read it: counts a hit or a miss, and marks the entry as used. Undefined when there is none. */
export function readValue(context: Context, session: Session, key: string): string | undefined {
  const { store, stats } = context;
  const slot = store.find(key);
  if (slot < 0) {
    stats.misses++;
    return undefined;
  }
  stats.hits++;
  if (!session.noTouch) store.touch(slot);
  return store.valueAt(slot);
}

/** Answers with a value, or with none. */
export function answerValue(session: Session, value: string | undefined) {
  if (value === undefined) session.reply.null();
  else session.reply.bulk(value);
}
