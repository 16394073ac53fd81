import type { Readable } from "node:stream";
import type { Clock, Timer } from "../../blocks/time/index.ts";
import type { LogLine } from "../control-api/index.ts";
import { LineReader } from "./line-reader.ts";
import { LogBudget } from "./log-budget.ts";

type OnLine = (stream: LogLine["stream"], text: string) => void;

/** When lines were left out and no more come, this is how long it takes until that is said. */
const TELL_AFTER_MS = 1_000;

/** What a process writes, made into log lines within a budget. Both of its streams share one. */
export class Output {
  readonly #streams: readonly Readable[];
  readonly #clock: Clock;
  readonly #onLine: OnLine;
  readonly #budget: LogBudget;
  /** Resolves when both streams have ended. */
  readonly #closed: Promise<unknown>;
  #timer: Timer | undefined;

  constructor(process: { stdout: Readable | null; stderr: Readable | null }, clock: Clock, onLine: OnLine) {
    this.#clock = clock;
    this.#onLine = onLine;
    this.#budget = new LogBudget(clock.monotonicMs());
    const { stdout, stderr } = process;
    this.#streams = [stdout, stderr].filter((stream) => stream !== null);
    this.#closed = Promise.all([
      ...(stdout ? [this.#capture(stdout, "stdout")] : []),
      ...(stderr ? [this.#capture(stderr, "stderr")] : []),
    ]);
  }

  /**
   * Takes what is still on its way, for at most `patienceMs`, and lets go of the streams: a process that escaped may hold
   * their other ends for ever.
   */
  async close(patienceMs: number): Promise<void> {
    const over = new AbortController();
    const patience = this.#clock.sleep(patienceMs, { signal: over.signal }).catch(() => {});
    await Promise.race([this.#closed, patience]);
    over.abort();
    for (const stream of this.#streams) stream.destroy();
    await this.#closed;
    this.#tellLeftOut();
  }

  #capture(stream: Readable, name: "stdout" | "stderr"): Promise<void> {
    const reader = new LineReader();
    stream.on("data", (chunk: Buffer) => {
      this.#keep(name, reader.push(chunk));
      const waitMs = this.#budget.takeBytes(chunk.length, this.#clock.monotonicMs());
      if (waitMs > 0) {
        stream.pause();
        this.#clock.setTimer(waitMs, () => stream.resume());
      }
    });
    // A pipe of a killed process may break; its end is told by the process.
    stream.on("error", () => {});
    return new Promise((resolve) => {
      stream.once("close", () => {
        this.#keep(name, reader.end());
        resolve();
      });
    });
  }

  #keep(name: "stdout" | "stderr", lines: readonly string[]): void {
    if (lines.length === 0) return;
    const { kept, leftOutBefore } = this.#budget.takeLines(lines.length, this.#clock.monotonicMs());
    this.#tell(leftOutBefore);
    for (const text of kept === lines.length ? lines : lines.slice(0, kept)) this.#onLine(name, text);
    if (kept < lines.length) this.#timer ??= this.#clock.setTimer(TELL_AFTER_MS, () => this.#tellLeftOut());
  }

  #tellLeftOut(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tell(this.#budget.takeLeftOut());
  }

  #tell(leftOut: number): void {
    if (leftOut > 0) this.#onLine("trestle", `${leftOut} lines left out: too many to keep`);
  }
}
