import type { Clock } from "../../../blocks/time/index.ts";
import { checkConfig } from "../check.ts";
import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";
import { EdgeError, type EdgeErrorCode } from "../errors.ts";
import { EndpointReports } from "./endpoint-reports.ts";
import { type HeldSocket, HeldSockets, type ReceivedSockets } from "./held-sockets.ts";
import { isMessage, type WorkerMessage } from "./messages.ts";
import type { Serving } from "./serving.ts";
import { Worker, type WorkerHost } from "./worker.ts";
import { configOfWorker, workersOf } from "./worker-config.ts";
import type { UpdateOutcome, WorkerProcess } from "./worker-process.ts";

export interface PrimaryOptions {
  readonly clock: Clock;
  readonly config: EdgeConfig;
  /** What the workers share, base64: see `EdgeStartOptions`. */
  readonly secret: string;
  /** Sockets that a supervisor holds too. Listeners without one are bound here. */
  readonly sockets: ReceivedSockets;
  /** Told of endpoints and of workers, for the supervising process. */
  readonly report: (message: EdgeEndpointMessage | WorkerMessage) => void;
}

/**
 * Starts an edge of several workers: processes that share its sockets, which are held here. Throws `EdgeError`
 * (`INVALID_CONFIG`, `PORT_IN_USE`, `CANNOT_LISTEN`), or what else keeps a worker from starting, with nothing left behind.
 */
export async function startPrimary(options: PrimaryOptions): Promise<Required<Serving>> {
  const primary = new Primary(options);
  await primary.start();
  return primary;
}

class Primary implements Required<Serving>, WorkerHost {
  readonly clock: Clock;
  readonly report: PrimaryOptions["report"];
  port = 0;
  readonly #secret: string;
  readonly #received: ReceivedSockets;
  readonly #sockets = new HeldSockets();
  readonly #reports = new EndpointReports();
  #config: EdgeConfig;
  #workers: Worker[] = [];
  /** Too many since an update, and not yet gone. */
  readonly #leaving = new Set<Worker>();
  #lastChange: Promise<unknown> = Promise.resolve();
  #lastReplacement: Promise<void> = Promise.resolve();
  #ending = false;
  #closed: Promise<void> | undefined;

  constructor({ clock, config, secret, sockets, report }: PrimaryOptions) {
    this.clock = clock;
    this.report = report;
    this.#config = config;
    this.#secret = secret;
    this.#received = sockets;
  }

  async start(): Promise<void> {
    const config = this.#config;
    checkConfig(config);
    try {
      await this.#sockets.hold(config.listeners, this.#received.lookup);
      this.#received.close();
      this.#reports.configure(config);
      this.#workers = Array.from({ length: workersOf(config) }, (_, at) => new Worker(at + 1, this));
      const [first = Promise.resolve(0), ...others] = this.#workers.map((worker) => worker.start());
      // All are waited for, so that none is left behind where one fails.
      const outcomes = await Promise.allSettled([first, ...others]);
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      this.port = await first;
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
  }

  /** One change at a time; draining goes on beside the next. */
  async update(
    config: EdgeConfig,
    { sockets, onApplied }: { readonly sockets: ReceivedSockets; readonly onApplied: () => void },
  ): Promise<{ readonly drained: boolean }> {
    const change = this.#lastChange.then(() => this.#apply(config, sockets));
    this.#lastChange = change.catch(() => {});
    const outcomes = await change;
    onApplied();
    const drained = await Promise.all(outcomes.map((outcome) => outcome.drained));
    return { drained: drained.every((one) => one) };
  }

  replaceWorkers(): Promise<void> {
    const done = this.#lastReplacement.then(async () => {
      for (const worker of this.#workers) await worker.replace();
    });
    this.#lastReplacement = done.catch(() => {});
    return done;
  }

  async metrics(): Promise<readonly unknown[]> {
    const workers = [...this.#workers, ...this.#leaving];
    return (await Promise.all(workers.map((worker) => worker.metrics()))).flat();
  }

  async drain({ maxMs }: { readonly maxMs?: number }): Promise<{ readonly drained: boolean }> {
    this.#ending = true;
    await this.#lastChange;
    const drained = Promise.all([...this.#workers, ...this.#leaving].map((worker) => worker.drain(maxMs)));
    // Unless somebody else holds them too, connections are refused from now on, instead of waiting for nobody.
    this.#sockets.close();
    return { drained: (await drained).every((one) => one) };
  }

  close(): Promise<void> {
    this.#ending = true;
    this.#closed ??= this.#lastChange.then(async () => {
      this.#received.close();
      await Promise.all([...this.#workers, ...this.#leaving].map((worker) => worker.close()));
      this.#sockets.close();
    });
    return this.#closed;
  }

  plan(worker: number) {
    return {
      options: { config: configOfWorker(this.#config, worker), secret: this.#secret },
      sockets: socketsOf(worker, this.#sockets.all),
    };
  }

  onMessage(source: WorkerProcess, message: unknown): void {
    if (!isMessage(message, "endpoint")) return;
    const endpoint = message as EdgeEndpointMessage;
    if (this.#reports.take(source, endpoint)) this.report(endpoint);
  }

  onGone(source: WorkerProcess): void {
    for (const news of this.#reports.forget(source)) if (!this.#ending) this.report(news);
  }

  /** Puts a configuration in force in all workers, or in none. Returns what is to be waited for beyond that. */
  async #apply(config: EdgeConfig, received: ReceivedSockets): Promise<readonly UpdateOutcome[]> {
    if (this.#ending) throw new EdgeError("CLOSED", "the edge has been closed; start another");
    checkConfig(config);
    const added = await this.#sockets.hold(config.listeners, received.lookup);
    const before = this.#config;
    this.#config = config;
    const outcomes = this.#tell(config, added);
    const refusals = await Promise.all(outcomes.map((outcome) => outcome.applied));
    const refusal = refusals.find((one) => one !== undefined);
    if (refusal) {
      this.#config = before;
      // Workers that took it have closed the listeners that it left out, and get their sockets once more.
      await Promise.all(this.#tell(before, this.#sockets.all).map((outcome) => outcome.applied));
      this.#sockets.keepOnly(before.listeners);
      throw new EdgeError(refusal.code as EdgeErrorCode, refusal.message);
    }
    this.#sockets.keepOnly(config.listeners);
    this.#reports.configure(config);
    this.#setWorkers(workersOf(config));
    return outcomes;
  }

  #tell(config: EdgeConfig, sockets: readonly HeldSocket[]): UpdateOutcome[] {
    const tell = (worker: Worker) =>
      worker.update(configOfWorker(config, worker.number), socketsOf(worker.number, sockets));
    return [...this.#workers, ...this.#leaving].flatMap(tell);
  }

  #setWorkers(count: number): void {
    for (const worker of this.#workers.splice(count)) {
      this.#leaving.add(worker);
      void worker
        .drain(undefined)
        .then(() => worker.close())
        .then(() => this.#leaving.delete(worker));
    }
    while (this.#workers.length < count) {
      const worker = new Worker(this.#workers.length + 1, this);
      this.#workers.push(worker);
      worker.startBeside();
    }
  }
}

/** The sockets that one of the workers, from 1, gets: see `configOfWorker`. */
function socketsOf(worker: number, sockets: readonly HeldSocket[]): readonly HeldSocket[] {
  return worker === 1 ? sockets : sockets.filter(({ transport }) => transport !== "udp");
}
