import type { Clock } from "../../blocks/time/index.ts";
import { Watcher } from "./watcher.ts";

export interface ReloaderOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Must not reject. */
  readonly restart: () => Promise<void>;
  /** Told which files changed, in words. */
  readonly onChange: (files: string) => void;
}

/** Restarts a service whose files change. Changes during a restart lead to one more, however many they are. */
export class Reloader {
  readonly #watcher: Watcher;
  #isQueued = false;
  #work: Promise<void> = Promise.resolve();

  /** Throws what the system says when the folder cannot be watched. */
  constructor(options: ReloaderOptions) {
    this.#watcher = new Watcher(options.folder, options.clock, (files) => {
      options.onChange(files);
      if (this.#isQueued) return;
      this.#isQueued = true;
      this.#work = this.#work.then(() => {
        this.#isQueued = false;
        return options.restart();
      });
    });
  }

  close(): void {
    this.#watcher.close();
  }
}
