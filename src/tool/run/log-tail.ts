import type { RunEvent } from "../control-api/index.ts";

export type LogEvent = RunEvent & { readonly type: "log" };

/** How much of a part's log is at hand in memory; all of it that is kept stands in the run's record. */
export const TAIL_LINES_MAX = 1_000;
const TAIL_CHARACTERS_MAX = 256 * 1024;

interface Tail {
  lines: LogEvent[];
  characters: number;
}

/** The last log lines of each part. One that floods pushes out its own lines alone. */
export class LogTail {
  readonly #tails = new Map<string, Tail>();

  add(event: LogEvent): void {
    let tail = this.#tails.get(event.part);
    if (!tail) {
      tail = { lines: [], characters: 0 };
      this.#tails.set(event.part, tail);
    }
    tail.lines.push(event);
    tail.characters += event.text.length;
    // Cut in large steps: removing at the front of a long array costs its length.
    if (tail.lines.length > 2 * TAIL_LINES_MAX || tail.characters > 2 * TAIL_CHARACTERS_MAX) shorten(tail);
  }

  /** The last `count` lines of the named parts (all, when none is named), oldest first. */
  read(parts: readonly string[], count: number): LogEvent[] {
    const chosen = parts.length > 0 ? parts : [...this.#tails.keys()];
    const lines = chosen.flatMap((part) => this.#tails.get(part)?.lines.slice(-TAIL_LINES_MAX) ?? []);
    lines.sort((one, other) => one.timeMs - other.timeMs);
    return count > 0 ? lines.slice(-count) : [];
  }
}

function shorten(tail: Tail): void {
  let from = Math.max(0, tail.lines.length - TAIL_LINES_MAX);
  let characters = tail.lines.slice(from).reduce((sum, { text }) => sum + text.length, 0);
  for (; characters > TAIL_CHARACTERS_MAX; from++) characters -= tail.lines[from]?.text.length ?? 0;
  tail.lines = tail.lines.slice(from);
  tail.characters = characters;
}
