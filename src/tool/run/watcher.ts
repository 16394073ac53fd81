import { execFile } from "node:child_process";
import { type FSWatcher, statSync, watch } from "node:fs";
import type { Clock, Timer } from "../../blocks/time/index.ts";

/** Editors save in several steps, and tools write many files: changes this close together are one. */
const QUIET_MS = 150;
/** What programs write beside their sources. */
const IGNORED =
  /(^|\/)(\.[^/]*|node_modules|__pycache__|dist|build|target|[^/]*(\.log|\.pyc|\.sw[a-z]|~|\.tmp))(\/|$)/;

/** Tells when source files under a folder changed. What Git ignores, and what programs themselves write, is left out. */
export class Watcher {
  readonly #folder: string;
  readonly #onChange: (files: string) => void;
  readonly #watcher: FSWatcher;
  readonly #changed = new Set<string>();
  #timer: Timer | undefined;

  /** Throws what the system says when the folder cannot be watched. */
  constructor(folder: string, clock: Clock, onChange: (files: string) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    statSync(folder);
    const ignore = (name: string) => IGNORED.test(name);
    // Given to the system as well, so that it does not watch every file of every library.
    this.#watcher = watch(folder, { recursive: true, ignore }, (_event, name) => {
      if (name === null || ignore(name)) return;
      this.#changed.add(name);
      this.#timer?.cancel();
      this.#timer = clock.setTimer(QUIET_MS, () => void this.#tell());
    });
    // A folder that vanishes ends the watching, not the system.
    this.#watcher.on("error", () => {});
  }

  close(): void {
    this.#timer?.cancel();
    this.#watcher.close();
  }

  async #tell(): Promise<void> {
    const names = [...this.#changed];
    this.#changed.clear();
    const ignored = await ignoredByGit(this.#folder, names);
    const left = names.filter((name) => !ignored.has(name));
    const [first, ...more] = left;
    if (first === undefined) return;
    this.#onChange(more.length > 0 ? `${first} and ${more.length} more` : first);
  }
}

/** Which of the names Git ignores; none, where there is no repository or no Git. */
function ignoredByGit(folder: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const git = execFile("git", ["check-ignore", "--stdin", "-z"], { cwd: folder }, (_error, stdout) =>
      resolve(new Set(stdout.split("\0").filter((name) => name.length > 0))),
    );
    git.stdin?.on("error", () => {});
    git.stdin?.end(names.join("\0"));
  });
}
