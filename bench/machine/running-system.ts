import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { PartSnapshot, SystemSnapshot } from "../../src/tool/control-api/index.ts";
import type { PartKind } from "../../src/tool/design/model.ts";
import { cpuUsOf } from "./cpu.ts";

const COMMAND = join(import.meta.dirname, "..", "..", "bin", "trestle.js");
const READY_MS = 60_000;

/** A system that `trestle up` runs, in a process of its own, as a user would run it. */
export class RunningSystem {
  readonly #file: string;
  readonly #up: ChildProcess;

  private constructor(file: string, up: ChildProcess) {
    this.#file = file;
    this.#up = up;
  }

  /** Brings a design up and resolves once it is ready. */
  static async start(file: string): Promise<RunningSystem> {
    const up = spawn(process.execPath, [COMMAND, "up", file, "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const system = new RunningSystem(file, up);
    const seen: string[] = [];
    const timer = setTimeout(() => up.kill("SIGTERM"), READY_MS);
    const lines = createInterface({ input: up.stdout });
    for await (const line of lines) {
      seen.push(line);
      if (/"type":"system"/.test(line) && /"state":"ready"/.test(line)) {
        clearTimeout(timer);
        // Nobody reads on, and the process must not wait for a reader.
        lines.close();
        up.stdout.resume();
        return system;
      }
    }
    throw new Error(`${file} did not become ready in ${READY_MS / 1000} s:\n${seen.slice(-20).join("\n")}`);
  }

  /** The supervisor's. */
  get pid(): number {
    return this.#up.pid ?? Number.NaN;
  }

  /** The system as `trestle ps --json` tells it. */
  async snapshot(): Promise<SystemSnapshot> {
    const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, "ps", this.#file, "--json"]);
    const snapshot: SystemSnapshot = JSON.parse(stdout);
    return snapshot;
  }

  /** Stops it in order. */
  async close(): Promise<void> {
    if (this.#up.exitCode !== null || this.#up.signalCode !== null) return;
    const ended = once(this.#up, "exit");
    this.#up.kill("SIGTERM");
    await ended;
  }
}

/** Processor time used so far by all parts of a kind, in microseconds. */
export function cpuUsOfKind(snapshot: SystemSnapshot, kind: PartKind): number {
  return processesOf(snapshot.parts.filter((part) => part.kind === kind)).reduce(
    (sum, pid) => sum + cpuUsOf(pid),
    0,
  );
}

function processesOf(parts: readonly PartSnapshot[]): number[] {
  return parts.flatMap((part) => part.replicas.flatMap((replica) => replica.pid ?? []));
}
