import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const SHORTENER = resolve(fileURLToPath(import.meta.url), "../..");
const TRESTLE = resolve(SHORTENER, "../../bin/trestle.js");
/** Not part of the system: what it keeps on disk, and its tests. */
const LEFT_OUT = new Set([".trestle", "system.ts", "tests"]);

/** The part of `trestle ps --json` that these tests read. */
export interface Snapshot {
  readonly state: string;
  readonly pid: number;
  readonly memoryBytes?: number;
  readonly parts: readonly {
    readonly name: string;
    readonly kind: string;
    readonly replicas: readonly {
      readonly id: string;
      readonly pid?: number;
      readonly restarts: number;
      readonly memoryBytes?: number;
      readonly state: { readonly is: string };
    }[];
  }[];
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The shortener run by `trestle up`, as its users run it, from a folder of its own: the same files, another port, and
 * state of its own.
 */
export class RunningShortener implements AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  #supervisor: ChildProcess | undefined;
  #said = "";

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<RunningShortener> {
    const folder = await mkdtemp(join(tmpdir(), "trestle-shortener-"));
    const port = await freePort();
    for (const name of await readdir(SHORTENER)) {
      if (!LEFT_OUT.has(name)) await symlink(join(SHORTENER, name), join(folder, name));
    }
    const design = await readFile(join(SHORTENER, "system.ts"), "utf8");
    await writeFile(join(folder, "system.ts"), design.replace("port: 8080", `port: ${port}`));
    const running = new RunningShortener(folder, port);
    try {
      await running.up();
    } catch (thrown) {
      await running[Symbol.asyncDispose]();
      throw thrown;
    }
    return running;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get supervisor(): ChildProcess {
    if (!this.#supervisor) throw new Error("the shortener does not run");
    return this.#supervisor;
  }

  /** Runs `trestle up` and resolves when every part is ready. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, [TRESTLE, "up", join(this.folder, "system.ts"), "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#supervisor = child;
    this.#said = "";
    await new Promise<void>((ready, failed) => {
      const patience = setTimeout(() => failed(new Error(`not ready in 60 s:\n${this.#said}`)), 60_000);
      const hear = (chunk: Buffer) => {
        this.#said = (this.#said + chunk).slice(-64_000);
        if (/"type":"system","state":"ready"/.test(this.#said)) done(ready);
      };
      const done = (settle: () => void) => {
        clearTimeout(patience);
        settle();
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      child.once("exit", (code) =>
        done(() => failed(new Error(`trestle up ended with ${code}:\n${this.#said}`))),
      );
    });
  }

  /** Ends `up` by a signal and resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#supervisor;
    this.#supervisor = undefined;
    if (!child) return 0;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  /** Runs a `trestle` command in the folder of the design. */
  trestle(...args: string[]): Promise<Outcome> {
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        [TRESTLE, ...args],
        { cwd: this.folder, timeout: 120_000 },
        (_error, stdout, stderr) => done({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  async snapshot(): Promise<Snapshot> {
    const { code, stdout, stderr } = await this.trestle("ps", "--json");
    if (code !== 0) throw new Error(`trestle ps ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Snapshot;
  }

  /** The process of a replica or an engine. */
  async pidOf(id: string): Promise<number> {
    const { parts } = await this.snapshot();
    const pid = parts.flatMap(({ replicas }) => replicas).find((replica) => replica.id === id)?.pid;
    if (pid === undefined) throw new Error(`${id} has no process`);
    return pid;
  }

  /** What died in the present run, by its record. */
  async failures(): Promise<{ readonly replica: string; readonly reason: string }[]> {
    const runs = join(this.folder, ".trestle", "shortener", "runs");
    const run = (await readdir(runs)).sort().at(-1) ?? "";
    const events = await readFile(join(runs, run, "events.jsonl"), "utf8");
    return events
      .split("\n")
      .filter((line) => line.includes('"is":"failed"'))
      .map((line) => JSON.parse(line) as { replica: string; state: { reason: string } })
      .map(({ replica, state }) => ({ replica, reason: state.reason }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The processes that belong to a run from this folder: by what stands in their command lines and working folders. */
export async function processesOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (command.includes(folder) || environment.includes(folder)) found.push(pid);
  }
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
