import type { RunEvent } from "../../run/index.ts";
import type { Row } from "../board.ts";
import type { Paint } from "../paint.ts";
import { harmless } from "../text.ts";
import { count, duration, stateSentence, timeOfDay } from "../words.ts";

/**
 * Tells events as lines. What happens again and again is said once: the last log lines of a process with its first
 * failure and with the crash-loop verdict, and after the verdict nothing until it is ready.
 */
export class Announcer {
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #failing = new Map<string, "failed" | "looping">();

  constructor(paint: Paint, colour: boolean) {
    this.#paint = paint;
    this.#colour = colour;
  }

  /**
   * The lines of an event, none where it is no news. `row` is its process after the event, for events of processes;
   * `steps` tells waiting, starting and stopping too.
   */
  tell(event: RunEvent, row: Row | undefined, { steps }: { steps: boolean }): string[] {
    switch (event.type) {
      case "notice":
        return [this.#line(event.timeMs, event.part ?? "trestle", event.message)];
      case "scaled":
        return [this.#line(event.timeMs, event.part, event.reason ?? count(event.replicas, "replica"))];
      case "part":
        return row ? this.#tellState(row, event.timeMs, steps) : [];
      default:
        return [];
    }
  }

  #tellState(row: Row, timeMs: number, steps: boolean): string[] {
    const { state, replica } = row;
    switch (state.is) {
      case "failed":
      case "gave-up":
        return this.#tellFailure(row, timeMs);
      case "ready":
      case "done": {
        this.#failing.delete(replica);
        const took = row.tookMs === undefined ? "" : ` after ${duration(row.tookMs)}`;
        return [this.#line(timeMs, replica, this.#paint("green", state.is) + took)];
      }
      default:
        if (!steps || this.#failing.get(replica) === "looping") return [];
        return [this.#line(timeMs, replica, stateSentence(state))];
    }
  }

  #tellFailure({ state, replica, tail }: Row, timeMs: number): string[] {
    const before = this.#failing.get(replica);
    if (before === "looping") return [];
    const verdict = state.is === "gave-up" || (state.is === "failed" && state.looping);
    this.#failing.set(replica, verdict ? "looping" : "failed");
    const lines = [this.#line(timeMs, replica, this.#paint("red", stateSentence(state)))];
    if (verdict || before === undefined) lines.push(...tailLines(tail, this.#paint, this.#colour));
    if (state.is === "gave-up") lines.push(`  when it is mended: trestle restart ${replica}`);
    return lines;
  }

  #line(timeMs: number, name: string, text: string): string {
    return `${this.#paint("dim", timeOfDay(timeMs))} ${this.#paint("bold", name)}: ${text}`;
  }
}

/** The last lines that a process wrote, set off from ours. */
export function tailLines(tail: readonly string[], paint: Paint, colour: boolean): string[] {
  return tail.map((text) => `    ${paint("dim", "│")} ${harmless(text, colour)}`);
}
