import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ClientName } from "./connected-store.ts";
import type { Job, JobDone } from "./worker.ts";

/** Processes of their own, each with a client of its own. */
export class Workers {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static async start(count: number, client: ClientName, url: string): Promise<Workers> {
    const path = join(import.meta.dirname, "worker.ts");
    const children = Array.from({ length: count }, () => fork(path, { stdio: "inherit" }));
    const workers = new Workers(children);
    await workers.all({ do: "connect", client, url });
    return workers;
  }

  /** Has all of them do the same at once. */
  all(job: Job): Promise<JobDone[]> {
    return Promise.all(this.#children.map((child) => ask(child, job)));
  }

  /** Has one of them do something. */
  one(index: number, job: Job): Promise<JobDone> {
    const child = this.#children[index];
    if (!child) throw new RangeError(`there is no worker ${index}`);
    return ask(child, job);
  }

  /** Ends one as `kill -9` does. */
  async kill(index: number): Promise<void> {
    const child = this.#children[index];
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((_, index) => this.kill(index)));
  }
}

async function ask(child: ChildProcess, job: Job): Promise<JobDone> {
  child.send(job);
  const [answer] = (await once(child, "message")) as [JobDone | { failed: string }];
  if ("failed" in answer) throw new Error(answer.failed);
  return answer;
}
