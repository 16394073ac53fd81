import { stat } from "node:fs/promises";
import { codeOf } from "../../../blocks/errors/index.ts";
import type { Clock, Timer } from "../../../blocks/time/index.ts";

/** How often files are looked at. A change is told after one to two of these. */
const PERIOD_MS = 2_000;

/**
 * Tells when files have changed and then kept still for one period. It looks at what a path leads to, by number, size and times,
 * so that it sees files written in place, renamed over, and behind links that were turned elsewhere, on every kind of file
 * system. The timer does not keep the process alive.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #groups = new Set<FileGroup>();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;

  /** `periodMs`: default 2,000. */
  constructor(clock: Clock, periodMs: number = PERIOD_MS) {
    this.#clock = clock;
    this.#periodMs = periodMs;
  }

  /**
   * Watches files that belong together. Read them once this has resolved: what changes from then on is told. The returned function
   * ends it.
   */
  async add(files: readonly string[], changed: () => void): Promise<() => void> {
    const group: FileGroup = { files, changed, told: await signature(files), pending: undefined };
    this.#groups.add(group);
    this.#arm();
    return () => {
      this.#groups.delete(group);
      if (this.#groups.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  /** Resolves once the look that is under way is over; at once when none is. */
  get looked(): Promise<void> {
    return this.#looking ?? Promise.resolve();
  }

  /** Looks at all files now. It does so by itself every period. */
  async look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    for (const group of [...this.#groups]) {
      const now = await signature(group.files);
      if (!this.#groups.has(group)) continue;
      if (now === group.told) group.pending = undefined;
      else if (now !== group.pending) group.pending = now;
      else {
        group.told = now;
        group.pending = undefined;
        group.changed();
      }
    }
  }

  #arm(): void {
    if (this.#timer || this.#groups.size === 0) return;
    const timer = this.#clock.setTimer(this.#periodMs, () => {
      void this.look().finally(() => {
        if (this.#timer !== timer) return;
        this.#timer = undefined;
        this.#arm();
      });
    });
    timer.unref();
    this.#timer = timer;
  }
}

interface FileGroup {
  readonly files: readonly string[];
  readonly changed: () => void;
  /** How the files looked when they were last read. */
  told: string;
  /** How they looked at the last look, where that is something else. */
  pending: string | undefined;
}

/** What of the files changes whenever their content does. */
async function signature(files: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      parts.push(`${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`);
    } catch (thrown) {
      parts.push(codeOf(thrown) ?? "unknown");
    }
  }
  return parts.join(" ");
}
