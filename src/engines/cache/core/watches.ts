import type { Session } from "./session.ts";

/** Which clients want to know that a key changed (WATCH): optimistic locking for MULTI. */
export class Watches {
  readonly #watchers = new Map<string, Set<Session>>();

  add(session: Session, key: string): void {
    if (session.watched.has(key)) return;
    session.watched.add(key);
    const watchers = this.#watchers.get(key);
    if (watchers) watchers.add(session);
    else this.#watchers.set(key, new Set([session]));
  }

  /** The client watches nothing from now on. */
  clear(session: Session): void {
    for (const key of session.watched) {
      const watchers = this.#watchers.get(key);
      watchers?.delete(session);
      if (watchers?.size === 0) this.#watchers.delete(key);
    }
    session.watched.clear();
    session.watchBroken = false;
  }

  /** The key changed, or went. */
  changed(key: string): void {
    if (this.#watchers.size === 0) return;
    for (const session of this.#watchers.get(key) ?? []) session.watchBroken = true;
  }
}
