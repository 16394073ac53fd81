import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../blocks/time/index.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { processTable, sessionOf, signalSession } from "./sessions.ts";

interface Entry extends ProcessIdentity {
  readonly replica: string;
  readonly stopSignal: NodeJS.Signals;
}

const ENTRIES_BEFORE_COMPACTION = 500;
/** How long a killed process may take to vanish. */
const VANISH_MS = 2_000;

/**
 * The list, on disk, of every process that the supervisor started, so that the next one can end what a killed supervisor
 * left. An entry is written as soon as its process exists.
 */
export class Ledger {
  readonly #path: string;
  #entries: Entry[] = [];
  /** The disk did not take an entry: the next one writes them all. */
  #behind = false;

  constructor(folder: string) {
    this.#path = join(folder, "processes.jsonl");
  }

  /**
   * Notes a process that leads a session of its own. A disk that is full does not end the system: its entries are written
   * with the next one that finds room.
   */
  add(process: ProcessIdentity, replica: string, stopSignal: NodeJS.Signals): void {
    const entry = { ...process, replica, stopSignal };
    this.#entries.push(entry);
    try {
      if (this.#behind || this.#entries.length > ENTRIES_BEFORE_COMPACTION) this.#compact();
      else appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      this.#behind = false;
    } catch {
      this.#behind = true;
    }
  }

  /** Forgets everything: each process has ended. */
  clear(): void {
    this.#entries = [];
    rmSync(this.#path, { force: true });
  }

  /**
   * Ends what an earlier supervisor left: its stop signal first, SIGKILL after `graceMs`. Returns the names of the
   * replicas that were found alive, the last to be started first.
   */
  async endLeftovers(clock: Clock, graceMs: number): Promise<string[]> {
    const table = processTable();
    // Reverse order: what was started last depends on what was started first.
    const left = this.#read()
      .reverse()
      .filter((entry) => sessionOf(entry, table).length > 0);
    for (const entry of left) signalSession(entry, entry.stopSignal);
    const survivors = await survivorsAfter(left, clock, graceMs);
    for (const entry of survivors) signalSession(entry, "SIGKILL");
    await survivorsAfter(survivors, clock, VANISH_MS);
    this.clear();
    return left.map(({ replica }) => replica);
  }

  #read(): Entry[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch {
      return [];
    }
    return text.split("\n").flatMap(parsed);
  }

  #compact(): void {
    const table = processTable();
    this.#entries = this.#entries.filter((entry) => sessionOf(entry, table).length > 0);
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, this.#entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), {
      mode: 0o600,
    });
    renameSync(draft, this.#path);
  }
}

/** Waits until all have ended, at most for `patienceMs`; those that have not are returned. */
async function survivorsAfter(
  entries: readonly Entry[],
  clock: Clock,
  patienceMs: number,
): Promise<readonly Entry[]> {
  const deadline = clock.monotonicMs() + patienceMs;
  let survivors = entries;
  while (survivors.length > 0) {
    const table = processTable();
    survivors = survivors.filter((entry) => sessionOf(entry, table).length > 0);
    if (survivors.length === 0 || clock.monotonicMs() >= deadline) break;
    await clock.sleep(20);
  }
  return survivors;
}

function parsed(line: string): Entry[] {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    const { pid, started, replica, stopSignal } = entry ?? {};
    if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 1) return [];
    if (typeof started !== "string" || typeof replica !== "string") return [];
    return [{ pid, started, replica, stopSignal: stopSignal ?? "SIGTERM" }];
  } catch {
    // The last line may be cut off where the supervisor was killed.
    return [];
  }
}
