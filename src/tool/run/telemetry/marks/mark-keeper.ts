import type { Mark, RunEvent, State } from "../../../control-api/index.ts";

/** How many marks are kept. The oldest go first. */
export const MARKS_MAX = 1_000;
/** How many of them may be notices, which programs that restart all the time make in any number. */
const NOTICES_MAX = 200;
/** A mark's text is one line of a chart's legend. */
const TEXT_LENGTH_MAX = 300;

/** A fault that somebody brings about. */
export interface FaultMark {
  readonly part: string;
  /** The other end, of a fault on a link. */
  readonly to?: string;
  /** In words: `200 ms more on each answer`. */
  readonly text: string;
}

/**
 * What charts mark: deaths as stretches until the replica is ready again, restarts that were asked for, scaling, faults and notices. It is
 * told the events of a run in their order, those of the present one or of one that is stored. Pure.
 */
export class MarkKeeper {
  readonly #marks = new Map<string, Mark>();
  readonly #replicas = new Map<string, Replica>();
  readonly #listeners = new Set<(mark: Mark) => void>();
  #notices = 0;
  #number = 0;

  /** Takes an event; those that mark nothing are passed over. */
  take(event: RunEvent): void {
    const { timeMs } = event;
    switch (event.type) {
      case "part":
        this.#onState(event.part, event.replica, event.state, timeMs);
        return;
      case "scaled": {
        const { part, replicas, reason } = event;
        const text = reason ?? `${part} has ${replicas === 1 ? "1 replica" : `${replicas} replicas`}`;
        this.#add({ kind: "scaled", fromMs: timeMs, part, text });
        return;
      }
      case "notice": {
        const part = event.part === undefined ? {} : { part: event.part };
        this.#add({ kind: "notice", fromMs: timeMs, ...part, text: event.message });
        return;
      }
      case "system":
        if (event.state === "stopped") for (const mark of this.#marks.values()) this.#close(mark, timeMs);
        return;
      case "log":
        return;
    }
  }

  /** Marks the beginning of a fault. Returns the mark's id. */
  begin(fault: FaultMark, timeMs: number): string {
    return this.#add({ kind: "fault", fromMs: timeMs, open: true, ...fault }).id;
  }

  /** Marks the end of what goes on. Does nothing when it is over already, or so old that it is no longer kept. */
  end(id: string, timeMs: number): void {
    const mark = this.#marks.get(id);
    if (mark) this.#close(mark, timeMs);
  }

  /** Those that touch a stretch of time, ends included, in the order in which they began. */
  between(fromMs: number, toMs: number): Mark[] {
    const found: Mark[] = [];
    for (const mark of this.#marks.values()) {
      const endMs = mark.open ? Number.POSITIVE_INFINITY : (mark.toMs ?? mark.fromMs);
      if (mark.fromMs <= toMs && endMs >= fromMs) found.push(mark);
    }
    return found;
  }

  /** Calls back with each new mark, and again with each that changed, under the same id. Returns what ends that. */
  subscribe(listener: (mark: Mark) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #onState(part: string, id: string, state: State, timeMs: number): void {
    const before = this.#replicas.get(id);
    switch (state.is) {
      case "ready":
      case "done":
        if (before?.openMark !== undefined) this.end(before.openMark, timeMs);
        // A service's successor is ready before its predecessor ends: the world sees ready follow ready.
        else if (before?.wasReady && state.is === "ready")
          this.#add({ kind: "restart", fromMs: timeMs, part, text: `${id} was restarted` });
        this.#replicas.set(id, { wasReady: state.is === "ready", openMark: undefined });
        return;
      case "starting":
        if (!before?.wasReady || before.openMark !== undefined) return;
        this.#replicas.set(id, {
          wasReady: true,
          openMark: this.#open("restart", part, `${id} is restarted`, timeMs),
        });
        return;
      case "failed":
      case "gave-up":
        this.#onDeath(part, id, state, timeMs);
        return;
      case "stopped":
        // What comes later under this id is another.
        if (before?.openMark !== undefined) this.end(before.openMark, timeMs);
        this.#replicas.delete(id);
        return;
      case "waiting":
      case "stopping":
        return;
    }
  }

  #onDeath(
    part: string,
    id: string,
    state: Extract<State, { readonly is: "failed" | "gave-up" }>,
    timeMs: number,
  ): void {
    const before = this.#replicas.get(id);
    const open = before?.openMark === undefined ? undefined : this.#marks.get(before.openMark);
    const looping = state.is === "failed" && state.looping;
    const text = looping
      ? `${id} is in a crash loop: it ${state.reason}`
      : `${id} ${state.is === "gave-up" ? "gave up: it " : ""}${state.reason}`;
    if (open?.kind === "death") {
      // One outage, however often it dies in it. That it goes round in circles says more than the first reason.
      if ((looping || state.is === "gave-up") && open.text !== cut(text))
        this.#put({ ...open, text: cut(text) });
      return;
    }
    if (open) this.#close(open, timeMs);
    this.#replicas.set(id, {
      wasReady: before?.wasReady ?? false,
      openMark: this.#open("death", part, text, timeMs),
    });
  }

  #open(kind: Mark["kind"], part: string, text: string, fromMs: number): string {
    return this.#add({ kind, fromMs, open: true, part, text }).id;
  }

  #close(mark: Mark, timeMs: number): void {
    if (!mark.open) return;
    const { open: _over, ...rest } = mark;
    this.#put({ ...rest, toMs: Math.max(mark.fromMs, timeMs) });
  }

  #add(fields: Omit<Mark, "id">): Mark {
    const mark: Mark = { id: `m${++this.#number}`, ...fields, text: cut(fields.text) };
    if (mark.kind === "notice" && ++this.#notices > NOTICES_MAX) this.#drop(({ kind }) => kind === "notice");
    if (this.#marks.size >= MARKS_MAX) this.#drop(() => true);
    return this.#put(mark);
  }

  #put(mark: Mark): Mark {
    this.#marks.set(mark.id, mark);
    for (const listener of this.#listeners) listener(mark);
    return mark;
  }

  /** Drops the oldest of those that are meant. */
  #drop(meant: (mark: Mark) => boolean): void {
    for (const mark of this.#marks.values()) {
      if (!meant(mark)) continue;
      this.#marks.delete(mark.id);
      if (mark.kind === "notice") this.#notices--;
      return;
    }
  }
}

/** What is remembered of a replica between its states. */
interface Replica {
  /** Whether it has served in this life. */
  readonly wasReady: boolean;
  /** The death or restart that goes on. */
  readonly openMark: string | undefined;
}

function cut(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text;
}
