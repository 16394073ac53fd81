import type { PartKind } from "../design/model.ts";
import { RunError } from "./errors.ts";
import { type Job, Keeper } from "./keeper.ts";
import type { Part, PartHost } from "./part.ts";

/** A job that also knows where its users reach it. */
export interface SingleJob extends Job {
  readonly url?: () => string | undefined;
  /** Where one of its users reaches it. Default: where all do. */
  readonly urlFor?: (user: string) => string | undefined;
  /** Called before a restart that was asked for. */
  onRestart?(): void;
}

/** A part of exactly one process: an engine or a task. */
export class SinglePart implements Part {
  readonly name: string;
  readonly kind: PartKind;
  readonly needs: readonly string[];
  readonly external = false;
  readonly keeper: Keeper;
  readonly #job: SingleJob;
  #frozen = false;
  #work: Promise<void> = Promise.resolve();

  constructor(kind: PartKind, needs: readonly string[], job: SingleJob, host: PartHost) {
    this.name = job.part;
    this.kind = kind;
    this.needs = needs;
    this.keeper = new Keeper(job, host);
    this.#job = job;
  }

  get url(): string | undefined {
    return this.#job.url?.();
  }

  urlFor(user: string): string | undefined {
    return this.#job.urlFor?.(user) ?? this.url;
  }

  get isReady(): boolean {
    return this.keeper.isReady;
  }

  get keepers(): readonly Keeper[] {
    return [this.keeper];
  }

  start(): void {
    this.keeper.start();
  }

  /** Restarts that are asked for at once follow each other. */
  restart(): Promise<void> {
    const done = this.#work.then(async () => {
      if (this.#frozen) throw new RunError("NOT_POSSIBLE", `${this.name} is being stopped`);
      this.#job.onRestart?.();
      const state = await this.keeper.restart();
      if (state.is === "failed" || state.is === "gave-up") {
        throw new RunError(
          "RESTART_FAILED",
          `${this.name} ${state.reason}: see \`trestle logs ${this.name}\``,
        );
      }
      if (state.is === "stopped") throw new RunError("NOT_POSSIBLE", `${this.name} is being stopped`);
    });
    this.#work = done.catch(() => {});
    return done;
  }

  freeze(): void {
    this.#frozen = true;
  }

  stop(): Promise<void> {
    return this.keeper.stop();
  }

  kill(): Promise<void> {
    return this.keeper.kill();
  }
}

/** A part that stands outside Trestle: only its URL is handed on. */
export class ExternalPart implements Part {
  readonly name: string;
  readonly kind: PartKind;
  readonly url: string;
  readonly needs = [];
  readonly external = true;
  readonly isReady = true;
  readonly keepers = [];

  constructor(kind: PartKind, name: string, url: string) {
    this.kind = kind;
    this.name = name;
    this.url = url;
  }

  start(): void {}

  async restart(): Promise<void> {
    throw new RunError(
      "NOT_POSSIBLE",
      `${this.name} stands outside Trestle (it has a url): restart it where it runs`,
    );
  }

  freeze(): void {}

  async stop(): Promise<void> {}

  async kill(): Promise<void> {}
}
