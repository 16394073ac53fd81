import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { systemClock } from "../../../../blocks/time/index.ts";
import type { EdgeConfig } from "../../config/index.ts";
import { type HeldSocket, socketMessage } from "../held-sockets.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

export type Message = { readonly type: string } & Readonly<Record<string, unknown>>;

/** An edge in a process of its own, under a test that plays its supervisor. */
export class EdgeProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  port = 0;
  readonly #messages: Message[] = [];
  #lastId = 0;

  private constructor() {
    this.child = fork(MAIN, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.child.on("message", (message: Message) => this.#messages.push(message));
  }

  /** Resolves once it serves, on the sockets given where there are any. */
  static async start(config: EdgeConfig, sockets: readonly HeldSocket[] = []): Promise<EdgeProcess> {
    const edge = new EdgeProcess();
    edge.#sendSockets(sockets);
    edge.child.send({ type: "start", options: { config } });
    edge.port = Number((await edge.next("listening")).port);
    return edge;
  }

  /** The next message of a type; those of other types wait. Rejects when the process ends before. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const at = this.#messages.findIndex((message) => message.type === type);
      const [found] = at < 0 ? [] : this.#messages.splice(at, 1);
      if (found) return found;
      if (!this.#lives) throw new Error(`it ended without ${type}: ${JSON.stringify(this.#messages)}`);
      await new Promise<void>((resolve) => {
        const heard = () => {
          this.child.off("message", heard).off("exit", heard);
          resolve();
        };
        this.child.on("message", heard).on("exit", heard);
      });
    }
  }

  /** The messages of a type that nobody has asked for. */
  unread(type: string): readonly Message[] {
    return this.#messages.filter((message) => message.type === type);
  }

  /** Resolves with the answer, once the removed endpoints have drained. */
  async update(config: EdgeConfig, sockets: readonly HeldSocket[] = []): Promise<Message> {
    this.#sendSockets(sockets);
    const id = ++this.#lastId;
    this.child.send({ type: "update", id, config });
    return await this.next("updated");
  }

  async replaceWorkers(): Promise<Message> {
    this.child.send({ type: "replace", id: ++this.#lastId });
    return await this.next("replaced");
  }

  /** Resolves once it has drained; it is left to be ended. */
  async drain(): Promise<Message> {
    this.child.send({ type: "drain" });
    return await this.next("drained");
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    await this.#signal("SIGTERM");
  }

  /** The processes that it has started. */
  workers(): Promise<number[]> {
    return childrenOf(this.child.pid ?? 0);
  }

  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  get #lives(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async #signal(name: NodeJS.Signals): Promise<void> {
    if (!this.#lives) return;
    const exited = once(this.child, "exit");
    this.child.kill(name);
    await exited;
  }

  #sendSockets(sockets: readonly HeldSocket[]): void {
    for (const socket of sockets) this.child.send(socketMessage(socket), socket.handle as never);
  }
}

/** The processes that a process has started and that have not ended. */
export async function childrenOf(pid: number): Promise<number[]> {
  const processes = await edgeProcesses();
  return processes.filter(({ parent }) => parent === pid).map((one) => one.pid);
}

/** Those of some edge processes that have not ended. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  const living = (await edgeProcesses()).map(({ pid }) => pid);
  return pids.filter((pid) => living.includes(pid));
}

/** Every edge process of this machine; one that is a zombie is none. */
async function edgeProcesses(): Promise<{ readonly pid: number; readonly parent: number }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,stat=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state = "Z", ...args] = line.trim().split(/\s+/);
    return !state.startsWith("Z") && args.includes(MAIN)
      ? [{ pid: Number(pid), parent: Number(parent) }]
      : [];
  });
}

/** Waits for what other processes do, for at most 10 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + 10_000;
  while (!(await holds())) {
    if (systemClock.monotonicMs() > deadlineMs) throw new Error(`${what} did not come about in 10 s`);
    await systemClock.sleep(10);
  }
}
