import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../blocks/time/index.ts";
import { identityOf, isAlive, type ProcessIdentity, sessionOf } from "./process-identity.ts";

interface Entry extends ProcessIdentity {
  readonly replica: string;
  readonly stopSignal: NodeJS.Signals;
}

const ENTRIES_BEFORE_COMPACTION = 500;

/**
 * The list, on disk, of every process that the supervisor started, so that the next one can end what a killed supervisor
 * left. An entry is written as soon as its process exists.
 */
export class Ledger {
  readonly #path: string;
  #entries: Entry[] = [];

  constructor(folder: string) {
    this.#path = join(folder, "processes.jsonl");
  }

  /** Notes a process that leads a session of its own. */
  add(pid: number, replica: string, stopSignal: NodeJS.Signals): void {
    const identity = identityOf(pid);
    if (!identity) return;
    const entry = { ...identity, replica, stopSignal };
    this.#entries.push(entry);
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    if (this.#entries.length > ENTRIES_BEFORE_COMPACTION) this.#compact();
  }

  /** Forgets everything: each process has ended. */
  clear(): void {
    rmSync(this.#path, { force: true });
  }

  /**
   * Ends what an earlier supervisor left: its stop signal first, SIGKILL after `graceMs`. Returns the names of the
   * replicas that were found alive.
   */
  async endLeftovers(clock: Clock, graceMs: number): Promise<string[]> {
    // Reverse order: what was started last depends on what was started first.
    const left = this.#read()
      .reverse()
      .map((entry) => ({ entry, members: sessionOf(entry) }))
      .filter(({ members }) => members.length > 0);
    for (const { entry, members } of left) for (const pid of members) signal(pid, entry.stopSignal);
    const deadline = clock.monotonicMs() + graceMs;
    let survivors = left;
    while (survivors.length > 0 && clock.monotonicMs() < deadline) {
      await clock.sleep(20);
      survivors = survivors.filter(({ entry }) => sessionOf(entry).length > 0);
    }
    for (const { entry } of survivors) for (const pid of sessionOf(entry)) signal(pid, "SIGKILL");
    this.clear();
    return left.map(({ entry }) => entry.replica);
  }

  #read(): Entry[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch {
      return [];
    }
    return text.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line) as Entry];
      } catch {
        // The last line may be cut off where the supervisor was killed.
        return [];
      }
    });
  }

  #compact(): void {
    this.#entries = this.#entries.filter((entry) => isAlive(entry) || sessionOf(entry).length > 0);
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, this.#entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), {
      mode: 0o600,
    });
    renameSync(draft, this.#path);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime.
  }
}
