import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { appendFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Random, Timer } from "../../blocks/time/index.ts";
import type { RunEvent } from "../control-api/index.ts";
import type { SystemModel } from "../design/model.ts";

/** How many runs are kept. */
const RUNS_KEPT = 20;
/** A part's log is two files; one that has this size is set aside, and what was set aside before it is dropped. */
const LOG_FILE_BYTES = 4 * 1024 * 1024;
/** What waits in memory to be written; more than that is dropped rather than kept. */
const PENDING_BYTES_MAX = 8 * 1024 * 1024;
const FLUSH_AFTER_MS = 100;

interface Journal {
  readonly path: string;
  pending: string[];
  pendingBytes: number;
  bytes: number;
}

/**
 * One run on disk: `design.json`, `events.jsonl`, `logs/<part>.jsonl` and, when it ended in order, `end.json`. Each part
 * has a log of its own, so that one that floods cannot push out the others' lines. A killed supervisor loses at most the
 * last 100 ms.
 */
export class RunRecord {
  readonly id: string;
  readonly folder: string;
  readonly #clock: Clock;
  readonly #journals = new Map<string, Journal>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Opens a new run under `runsFolder` and drops the oldest ones. `label` is what whoever runs it calls it. */
  constructor(runsFolder: string, model: SystemModel, clock: Clock, random: Random, label?: string) {
    this.#clock = clock;
    const stamp = new Date(clock.wallMs()).toISOString().replace(/[-:]/g, "");
    const lot = Math.floor(random() * 0x10000);
    this.id = `${stamp}-${lot.toString(16).padStart(4, "0")}`;
    this.folder = join(runsFolder, this.id);
    mkdirSync(join(this.folder, "logs"), { recursive: true, mode: 0o700 });
    writeFileSync(join(this.folder, "design.json"), JSON.stringify(model, undefined, 2));
    if (label !== undefined) writeFileSync(join(this.folder, "label.json"), JSON.stringify({ label }));
    const others = runIds(runsFolder).filter((id) => id !== this.id);
    for (const old of others.slice(0, Math.max(0, others.length + 1 - RUNS_KEPT))) {
      rmSync(join(runsFolder, old), { recursive: true, force: true });
    }
  }

  /** Writes an event down, soon. */
  add(event: RunEvent): void {
    const name = event.type === "log" ? join("logs", `${event.part}.jsonl`) : "events.jsonl";
    let journal = this.#journals.get(name);
    if (!journal) {
      journal = { path: join(this.folder, name), pending: [], pendingBytes: 0, bytes: 0 };
      this.#journals.set(name, journal);
    }
    if (journal.pendingBytes > PENDING_BYTES_MAX) return;
    const line = `${JSON.stringify(event)}\n`;
    journal.pending.push(line);
    journal.pendingBytes += line.length;
    this.#timer ??= this.#clock.setTimer(FLUSH_AFTER_MS, () => void this.flush());
  }

  /** Writes everything that waits. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      for (const journal of this.#journals.values()) await write(journal);
    });
    return this.#writing;
  }

  /** Ends the record in order. `verdicts` are what was noticed and not mended, in words. */
  async close(verdicts: readonly string[]): Promise<void> {
    const end = { endedMs: this.#clock.wallMs(), verdicts };
    await this.flush();
    try {
      writeFileSync(join(this.folder, "end.json"), JSON.stringify(end, undefined, 2));
    } catch {
      // A full disk must not keep the system from ending: this run looks as if it had been killed.
    }
  }
}

/** The runs that are kept, oldest first. */
export function runIds(runsFolder: string): string[] {
  try {
    return readdirSync(runsFolder)
      .filter(
        (name) =>
          /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{4}$/.test(name) && statSync(join(runsFolder, name)).isDirectory(),
      )
      .sort();
  } catch {
    return [];
  }
}

async function write(journal: Journal): Promise<void> {
  if (journal.pending.length === 0) return;
  const text = journal.pending.join("");
  journal.pending = [];
  journal.pendingBytes = 0;
  try {
    if (journal.bytes > LOG_FILE_BYTES) {
      await rename(journal.path, `${journal.path}.1`);
      journal.bytes = 0;
    }
    await appendFile(journal.path, text);
    journal.bytes += Buffer.byteLength(text);
  } catch {
    // A full disk must not end the system: its record has a gap, and the services go on.
  }
}
