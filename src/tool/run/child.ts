import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import type { LogLine } from "./events.ts";
import { LineReader } from "./line-reader.ts";
import { LogBudget } from "./log-budget.ts";

/** All that is needed to start a process. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Opens Node's IPC channel to it: only for Trestle's own engines. */
  readonly channel?: boolean;
  readonly stopSignal: NodeJS.Signals;
}

/** How a process ended. */
export interface Exit {
  /** In words: `exited with code 1`, `was killed by SIGKILL`, `cannot be started: …`. */
  readonly reason: string;
  /** Whether it ended by itself and with code 0. */
  readonly succeeded: boolean;
}

/**
 * A running process that leads a session of its own, so that a terminal's Ctrl-C does not reach it and whatever it starts
 * ends with it. What it writes becomes log lines, within a budget.
 */
export class Child {
  /** Absent when it could not be started at all. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  /** The last lines it wrote, for the verdict when it dies. */
  readonly lastLines: string[] = [];
  readonly #process: ChildProcess;
  readonly #launch: Launch;
  readonly #clock: Clock;
  readonly #listeners = new Set<(message: unknown) => void>();
  #running = true;

  constructor(launch: Launch, clock: Clock, onLine: (stream: LogLine["stream"], text: string) => void) {
    this.#launch = launch;
    this.#clock = clock;
    this.#process = spawn(launch.command, launch.args, {
      cwd: launch.folder,
      env: launch.environment,
      detached: true,
      stdio: launch.channel ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
      ...(launch.user ?? {}),
    });
    this.pid = this.#process.pid;
    this.#process.on("message", (message) => {
      for (const listener of this.#listeners) listener(message);
    });
    this.exited = new Promise((resolve) => {
      this.#process.once("error", (thrown) => {
        if (this.pid === undefined) resolve({ reason: cannotStart(launch, thrown), succeeded: false });
      });
      this.#process.once("exit", (code, signal) => resolve(exitOf(code, signal)));
    });
    void this.exited.then(() => {
      this.#running = false;
    });
    const budget = new LogBudget(clock.monotonicMs());
    const { stdout, stderr } = this.#process;
    if (stdout) this.#capture(stdout, "stdout", budget, onLine);
    if (stderr) this.#capture(stderr, "stderr", budget, onLine);
  }

  get running(): boolean {
    return this.#running && this.pid !== undefined;
  }

  /** Sends a message over the channel; a process that has just died takes none. */
  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** Listens to the channel; the function returned ends that. */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks it to end, and after `graceMs` makes it. Resolves once it and all that it started are gone. */
  async end(graceMs: number): Promise<Exit> {
    if (this.pid === undefined) return this.exited;
    this.#signal(this.#launch.stopSignal);
    const patience = this.#clock.setTimer(graceMs, () => this.#signal("SIGKILL"));
    const exit = await this.exited;
    patience.cancel();
    await this.endStragglers();
    return exit;
  }

  /** Ends what the process started and left behind when it died. */
  async endStragglers(): Promise<void> {
    const attempts = 20;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (!this.#signal(attempt === attempts - 1 ? "SIGKILL" : 0)) return;
      await this.#clock.sleep(25);
    }
  }

  /** Signals the whole process group. False when nobody is left in it. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.pid === undefined) return false;
    try {
      process.kill(-this.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  #capture(
    stream: Readable,
    name: "stdout" | "stderr",
    budget: LogBudget,
    onLine: (stream: LogLine["stream"], text: string) => void,
  ): void {
    const reader = new LineReader();
    const keep = (lines: string[]) => {
      const nowMs = this.#clock.monotonicMs();
      const { kept, leftOutBefore } = budget.takeLines(lines.length, nowMs);
      if (leftOutBefore > 0) onLine("trestle", `${leftOutBefore} lines left out: too many to keep`);
      for (const text of kept === lines.length ? lines : lines.slice(0, kept)) {
        this.lastLines.push(text);
        if (this.lastLines.length > 5) this.lastLines.shift();
        onLine(name, text);
      }
    };
    stream.on("data", (chunk: Buffer) => {
      keep(reader.push(chunk));
      const waitMs = budget.takeBytes(chunk.length, this.#clock.monotonicMs());
      if (waitMs > 0) {
        stream.pause();
        this.#clock.setTimer(waitMs, () => stream.resume());
      }
    });
    stream.on("end", () => keep(reader.end()));
    // A pipe of a killed process may break; its end is told by `exited`.
    stream.on("error", () => {});
  }
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal) return { reason: `was killed by ${signal}`, succeeded: false };
  return { reason: `exited with code ${code}`, succeeded: code === 0 };
}

function cannotStart(launch: Launch, thrown: unknown): string {
  if (codeOf(thrown) === "ENOENT") return `cannot be started: no program ${launch.command} is on the PATH`;
  if (codeOf(thrown) === "EACCES") return `cannot be started: ${launch.command} is not executable`;
  return `cannot be started: ${messageOf(thrown)}`;
}
