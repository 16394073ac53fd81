import { type ChildProcess, type SendHandle, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import type { LogLine } from "../control-api/index.ts";
import { Output } from "./output.ts";
import { identityOfChild, onLinux, type ProcessIdentity } from "./process-identity.ts";
import { sessionOf, signalGroup, signalSession } from "./sessions.ts";

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

/** How long what a process left behind when it died by itself may take to end. */
const STRAGGLERS_GRACE_MS = 500;
/** How long a killed process may take to vanish. */
const VANISH_MS = 2_000;
/** How long the last of its output may take once all its processes are gone. */
const OUTPUT_GRACE_MS = 250;
const LOOK_AGAIN_MS = 25;

/**
 * A running process that leads a session of its own, so that a terminal's Ctrl-C does not reach it and whatever it starts
 * ends with it. What it writes becomes log lines, within a budget.
 */
export class Child {
  /** Absent when it could not be started at all. */
  readonly identity: ProcessIdentity | undefined;
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #launch: Launch;
  readonly #clock: Clock;
  readonly #output: Output;
  readonly #listeners = new Set<(message: unknown) => void>();
  #running = true;
  #ending: Promise<void> | undefined;
  /** Nobody is left in its session: its number may belong to a stranger from now on. */
  #gone = false;

  /** Throws what the system says when it refuses at once, as for an environment that is too large. */
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
    const { pid } = this.#process;
    this.identity = pid === undefined ? undefined : identityOfChild(pid);
    this.#process.on("message", (message) => {
      for (const listener of this.#listeners) listener(message);
    });
    this.exited = new Promise((resolve) => {
      this.#process.on("error", (thrown) => {
        if (pid === undefined) resolve({ reason: cannotStart(launch, thrown), succeeded: false });
      });
      this.#process.once("exit", (code, signal) => resolve(exitOf(code, signal)));
    });
    void this.exited.then(() => {
      this.#running = false;
    });
    this.#output = new Output(this.#process, clock, onLine);
  }

  get pid(): number | undefined {
    return this.identity?.pid;
  }

  get running(): boolean {
    return this.#running && this.identity !== undefined;
  }

  /** Sends a message over the channel, and a socket with it, if any; a process that has just died takes none. */
  send(message: object, socket?: object): void {
    // Node names what it can send by classes of its own, some of which it does not export.
    if (this.#process.connected) this.#process.send(message, socket as SendHandle | undefined, () => {});
  }

  /** Listens to the channel; the function returned ends that. */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks it and all that it started to end, and after `graceMs` makes them (0: at once). Resolves once they are gone and
   * what they wrote has been taken.
   */
  async end(graceMs: number): Promise<Exit> {
    if (graceMs <= 0) this.#signal("SIGKILL");
    this.#ending ??= this.#end(graceMs);
    await this.#ending;
    return this.exited;
  }

  /** Ends the process at once and alone, as a crash would: what it started is cleared away afterwards. */
  crash(): void {
    if (this.running && this.identity) process.kill(this.identity.pid, "SIGKILL");
  }

  /** After it died by itself: ends what it left behind. Resolves like `end`, and with it where that is under way. */
  async clear(): Promise<void> {
    this.#ending ??= this.#end(STRAGGLERS_GRACE_MS);
    await this.#ending;
  }

  async #end(graceMs: number): Promise<void> {
    this.#signal(this.#launch.stopSignal);
    const deadlineMs = this.#clock.monotonicMs() + graceMs;
    const patience = this.#clock.setTimer(graceMs, () => this.#signal("SIGKILL"));
    await this.exited;
    patience.cancel();
    // A shell dies of the signal at once; the server that it started may still be answering its last requests.
    for (;;) {
      if (!this.#isInhabited()) break;
      const overdueMs = this.#clock.monotonicMs() - deadlineMs;
      if (overdueMs >= VANISH_MS) break;
      if (overdueMs >= 0) this.#signal("SIGKILL");
      await this.#clock.sleep(LOOK_AGAIN_MS);
    }
    this.#gone = true;
    await this.#output.close(OUTPUT_GRACE_MS);
  }

  #isInhabited(): boolean {
    if (!this.identity) return false;
    return onLinux ? sessionOf(this.identity).length > 0 : signalGroup(this.identity.pid, 0);
  }

  #signal(name: NodeJS.Signals): void {
    if (!this.identity || this.#gone) return;
    if (onLinux) signalSession(this.identity, name);
    else signalGroup(this.identity.pid, name);
  }
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal) return { reason: `was killed by ${signal}`, succeeded: false };
  return { reason: `exited with code ${code}`, succeeded: code === 0 };
}

function cannotStart({ command, folder }: Launch, thrown: unknown): string {
  // The system blames the program even where it is the folder that is missing.
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return `cannot be started: there is no folder ${folder}`;
  }
  if (codeOf(thrown) === "ENOENT") {
    return command.includes("/")
      ? `cannot be started: there is no program ${command}`
      : `cannot be started: no program ${command} is on the PATH`;
  }
  if (codeOf(thrown) === "EACCES") return `cannot be started: ${command} is not executable`;
  return `cannot be started: ${messageOf(thrown)}`;
}
