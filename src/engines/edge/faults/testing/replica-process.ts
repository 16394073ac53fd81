import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "../../workers/testing/edge-process.ts";
import { type Fault, HEALTH_PATH } from "./faults.ts";
import type { ReplicaMessage } from "./replica.ts";

const PROGRAM = fileURLToPath(new URL("replica.ts", import.meta.url));

/** A replica that a test starts, makes ill, hangs, kills and starts again, in a process of its own. */
export class ReplicaProcess implements AsyncDisposable {
  /** Said in each of its answers, as `X-Replica`. */
  readonly name: string;
  port = 0;
  #child: ChildProcess | undefined;
  #lines: string[] = [];

  private constructor(name: string) {
    this.name = name;
  }

  /** Resolves once it serves, well, on a port of its own. */
  static async start(name: string): Promise<ReplicaProcess> {
    const replica = new ReplicaProcess(name);
    await replica.restart();
    return replica;
  }

  /** Some of them, called `a`, `b`, `c`. */
  static async startAll(count: number): Promise<readonly ReplicaProcess[] & AsyncDisposable> {
    const names = Array.from({ length: count }, (_, at) => String.fromCharCode(97 + at));
    const replicas = await Promise.all(names.map((name) => ReplicaProcess.start(name)));
    const stop = async () => {
      for (const replica of replicas) await replica.kill();
    };
    return Object.assign(replicas, { [Symbol.asyncDispose]: stop });
  }

  /** Starts it anew, well, on the port that it had. */
  async restart(): Promise<void> {
    const child = fork(PROGRAM, [this.name, String(this.port)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.on("message", (message: ReplicaMessage) => {
      if (message.type === "request") this.#lines.push(message.line);
      if (message.type !== "listening") return;
      this.port = message.port;
      resolve();
    });
    child.once("exit", (code) => reject(new Error(`replica ${this.name} ended with ${code}`)));
    await promise;
  }

  /** Makes it ill, or well (`none`), for whatever comes after this has resolved. */
  async behave(as: Fault): Promise<void> {
    const child = this.#running();
    const done = new Promise<void>((resolve) => {
      const listener = (message: ReplicaMessage) => {
        if (message.type !== "behave") return;
        child.off("message", listener);
        resolve();
      };
      child.on("message", listener);
    });
    child.send({ type: "behave", as });
    await done;
  }

  /** The requests that it has received since it was asked last, such as `GET /`, without checks. */
  received(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines.filter((line) => line !== `GET ${HEALTH_PATH}`);
  }

  /** Stops it in the midst of whatever it does. Its system still takes connections for it. */
  async hang(): Promise<void> {
    const child = this.#running();
    child.kill("SIGSTOP");
    await until("a hung process", async () => {
      const { stdout } = await promisify(execFile)("ps", ["-o", "stat=", "-p", String(child.pid)]);
      return stdout.startsWith("T");
    });
  }

  /** Lets it go on. */
  resume(): void {
    this.#running().kill("SIGCONT");
  }

  /** Ends it as a crash or an operator would: at once. Resolves when it is gone. Idempotent. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    // What it has said until then arrives before `close`, which `exit` does not wait for.
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #running(): ChildProcess {
    if (!this.#child) throw new Error(`replica ${this.name} does not run`);
    return this.#child;
  }
}
