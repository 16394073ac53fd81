import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const STARTER = fileURLToPath(new URL("../../../../bin/trestle.js", import.meta.url));

/** The command line in a process of its own, as users run it, without a terminal. */
export class Spawned implements AsyncDisposable {
  out = "";
  err = "";
  readonly process: ChildProcess;
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #changed = new Set<() => void>();

  constructor(args: readonly string[], options: { folder: string; node?: string }) {
    this.process = spawn(options.node ?? process.execPath, [STARTER, ...args], {
      cwd: options.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.out += text;
      this.#tell();
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.err += text;
      this.#tell();
    });
    this.exited = new Promise((resolve) => {
      this.process.once("close", (code, signal) => {
        resolve(signal ?? code ?? -1);
        this.#tell();
      });
    });
  }

  /** Resolves once the output holds `text`; rejects when the process ends without it. */
  async said(text: string): Promise<void> {
    let over = false;
    void this.exited.then(() => {
      over = true;
    });
    while (!this.out.includes(text)) {
      if (over) throw new Error(`it ended without saying ${text}:\n${this.out}${this.err}`);
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#changed.delete(look);
          resolve();
        };
        this.#changed.add(look);
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGTERM");
    await this.exited;
  }

  #tell(): void {
    for (const listener of [...this.#changed]) listener();
  }
}

/** Runs a command to its end. */
export async function trestle(
  folder: string,
  ...args: string[]
): Promise<{ exitCode: number | NodeJS.Signals; out: string; err: string }> {
  await using command = new Spawned(args, { folder });
  const exitCode = await command.exited;
  return { exitCode, out: command.out, err: command.err };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
