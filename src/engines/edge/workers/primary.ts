import type { Clock, Random } from "../../../blocks/time/index.ts";
import { Administration } from "../admin/administration.ts";
import type { EdgeControl } from "../admin/edge-control.ts";
import { checkConfig } from "../check.ts";
import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";
import { EdgeError, type EdgeErrorCode } from "../errors.ts";
import { RequestIds } from "../exchange/request-id.ts";
import { limitsOf } from "../limits.ts";
import type { CollectorFeed } from "../observe/collector-feed.ts";
import { meteredNames } from "../observe/metered-names.ts";
import type { EdgeReading } from "../observe/upstream-status.ts";
import { portOf } from "./bound-socket.ts";
import { EndpointReports } from "./endpoint-reports.ts";
import { type HeldSocket, HeldSockets, opensMore, type ReceivedSockets } from "./held-sockets.ts";
import { isMessage, type MetricsAnswer, type TlsMessage, type WorkerMessage } from "./messages.ts";
import type { Serving } from "./serving.ts";
import { TlsReports } from "./tls-reports.ts";
import { Worker, type WorkerHost } from "./worker.ts";
import { configOfWorker, workersOf } from "./worker-config.ts";
import type { UpdateOutcome, WorkerProcess } from "./worker-process.ts";
import { WorkerReadings } from "./worker-readings.ts";

export interface PrimaryOptions {
  readonly clock: Clock;
  /** Names requests of operators. */
  readonly random: Random;
  readonly config: EdgeConfig;
  /** What the workers share, base64: see `EdgeStartOptions`. */
  readonly secret: string;
  /** Sockets that a supervisor holds too. Listeners without one are bound here. */
  readonly sockets: ReceivedSockets;
  /** Told of endpoints, of workers and of certificates, for the supervising process. */
  readonly report: (message: EdgeEndpointMessage | WorkerMessage | TlsMessage) => void;
}

/** How long after its draining, which workers are late in telling, the answer to a change may take. */
const ANSWER_MS = 5_000;

/** What an update takes besides the configuration. */
interface UpdateOptions {
  readonly sockets: ReceivedSockets;
  readonly onApplied: () => void;
}

/**
 * Starts an edge of several workers: processes that share its sockets, which are held here, with one server for operators, which is
 * here too. Throws `EdgeError` (`INVALID_CONFIG`, `PORT_IN_USE`, `CANNOT_LISTEN`), or what else keeps a worker from starting, with
 * nothing left behind.
 */
export async function startPrimary(options: PrimaryOptions): Promise<Required<Serving>> {
  const primary = new Primary(options);
  await primary.start();
  return primary;
}

class Primary implements Required<Serving>, WorkerHost {
  readonly clock: Clock;
  readonly report: PrimaryOptions["report"];
  readonly left: Serving["left"];
  port = 0;
  readonly #secret: string;
  readonly #random: Random;
  readonly #startMs: number;
  readonly #admin: Administration;
  readonly #received: ReceivedSockets;
  readonly #sockets = new HeldSockets();
  readonly #endpointReports = new EndpointReports();
  readonly #tlsReports = new TlsReports();
  readonly #readings = new WorkerReadings();
  readonly #leave: (outcome: { readonly drained: boolean }) => void;
  /** What all workers have agreed to. */
  #inForce: EdgeConfig;
  /** What a worker that starts now is told: ahead of the other while an update is under way. */
  #config: EdgeConfig;
  #workers: Worker[] = [];
  /** Too many since an update, and not yet gone. */
  readonly #leaving = new Set<Worker>();
  #lastChange: Promise<unknown> = Promise.resolve();
  #lastReplacement: Promise<void> = Promise.resolve();
  #feed: CollectorFeed | undefined;
  #asking: Promise<void> | undefined;
  #askingNext: Promise<void> | undefined;
  /** It drains or closes. */
  #isEnding = false;
  #isEndedByParent = false;
  #drained: Promise<{ readonly drained: boolean }> | undefined;
  #closed: Promise<void> | undefined;

  constructor({ clock, random, config, secret, sockets, report }: PrimaryOptions) {
    const { promise, resolve } = Promise.withResolvers<{ readonly drained: boolean }>();
    this.clock = clock;
    this.report = report;
    this.left = promise;
    this.#leave = resolve;
    this.#inForce = config;
    this.#config = config;
    this.#secret = secret;
    this.#random = random;
    this.#startMs = clock.monotonicMs();
    this.#admin = new Administration({
      control: this.#control(),
      clock,
      requestIds: new RequestIds(random),
      documentationUrl: () => this.#inForce.documentationUrl ?? "/docs/errors",
    });
    this.#received = sockets;
  }

  get adminPort(): number | undefined {
    return this.#admin.port;
  }

  async start(): Promise<void> {
    const config = this.#config;
    checkConfig(config);
    try {
      await this.#sockets.hold(config.listeners, this.#received.lookup);
      this.#received.close();
      this.#follow(config);
      this.#workers = Array.from({ length: workersOf(config) }, (_, at) => new Worker(at + 1, this));
      const [first = Promise.resolve(0), ...others] = this.#workers.map((worker) => worker.start());
      // All are waited for, so that none is left behind where one fails.
      const outcomes = await Promise.allSettled([first, ...others]);
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      this.port = await first;
      await this.#prepareFeed(config);
      this.#feed?.follow(config.telemetry);
      (await this.#admin.prepare(config.admin)).commit(0);
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
  }

  /**
   * One change at a time, from the configuration then in force where it is a function; draining goes on beside the next. An edge that
   * drains goes on taking changes that open no listener: endpoints may go while it still has requests for them.
   */
  async update(
    next: EdgeConfig | ((current: EdgeConfig) => EdgeConfig),
    options?: UpdateOptions,
  ): Promise<{ readonly drained: boolean }> {
    const change = this.#lastChange.then(() =>
      this.#apply(typeof next === "function" ? next(this.#inForce) : next, options?.sockets),
    );
    this.#lastChange = change.catch(() => {});
    const outcomes = await change;
    options?.onApplied();
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

  async reading(): Promise<EdgeReading> {
    await this.#askForReadings();
    return this.#readings.total();
  }

  async reopenLog(): Promise<void> {
    for (const worker of this.#allWorkers()) worker.reopenLog();
  }

  drain({ maxMs }: { readonly maxMs?: number }): Promise<{ readonly drained: boolean }> {
    this.#isEndedByParent = true;
    return this.#drain(maxMs);
  }

  close(): Promise<void> {
    this.#isEnding = true;
    this.#closed ??= this.#lastChange.then(async () => {
      this.#received.close();
      await Promise.all([...this.#allWorkers().map((worker) => worker.close()), this.#admin.close()]);
      await this.#feed?.close();
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

  onSpawned(source: WorkerProcess): void {
    this.#readings.join(source);
  }

  onMessage(source: WorkerProcess, message: unknown): void {
    if (isMessage(message, "endpoint")) {
      const endpoint = message as EdgeEndpointMessage;
      if (this.#endpointReports.take(source, endpoint)) this.report(endpoint);
    } else if (isMessage(message, "tls")) {
      const tls = message as TlsMessage;
      if (this.#tlsReports.take(source, tls.event)) this.report(tls);
    } else if (isMessage(message, "metrics")) {
      this.#readings.take(source, (message as MetricsAnswer).reading);
    }
  }

  onGone(source: WorkerProcess): void {
    this.#readings.leave(source);
    for (const news of this.#endpointReports.forget(source)) if (!this.#isEnding) this.report(news);
  }

  #allWorkers(): Worker[] {
    return [...this.#workers, ...this.#leaving];
  }

  /** Puts a configuration in force in all workers and here, or nowhere. Returns what is to be waited for beyond that. */
  async #apply(config: EdgeConfig, received?: ReceivedSockets): Promise<readonly UpdateOutcome[]> {
    if (this.#closed) throw new EdgeError("CLOSED", "the edge has been closed; start another");
    checkConfig(config);
    const isEnding = this.#isEnding;
    if (isEnding && opensMore(config.listeners, this.#inForce.listeners)) {
      throw new EdgeError("CLOSED", "the edge drains, and listens nowhere else any more; start another");
    }
    await using undo = new AsyncDisposableStack();
    const before = this.#inForce;
    const added = isEnding ? [] : await this.#sockets.hold(config.listeners, received?.lookup);
    undo.defer(() => this.#sockets.keepOnly(before.listeners));
    // Who takes leave opens nothing, for operators neither.
    const admin = isEnding ? undefined : await this.#admin.prepare(config.admin);
    undo.defer(() => admin?.discard());
    await this.#prepareFeed(config);

    this.#config = config;
    const outcomes = this.#tell(config, added);
    const refusals = await Promise.all(outcomes.map((outcome) => outcome.applied));
    const refusal = refusals.find((one) => one !== undefined);
    if (refusal) {
      this.#config = before;
      // Workers that took it have closed the listeners that it left out, and get their sockets once more.
      await Promise.all(this.#tell(before, this.#sockets.all).map((outcome) => outcome.applied));
      throw new EdgeError(refusal.code as EdgeErrorCode, refusal.message);
    }
    undo.move();
    this.#inForce = config;
    this.#feed?.follow(config.telemetry);
    this.#sockets.keepOnly(config.listeners);
    this.#follow(config);
    admin?.commit(limitsOf(config).drainTimeoutMs + ANSWER_MS);
    if (!this.#isEnding) this.#setWorkers(workersOf(config));
    return outcomes;
  }

  /** Loads what tells a collector of all workers, where there is one. */
  async #prepareFeed({ telemetry }: EdgeConfig): Promise<void> {
    if (!telemetry || this.#feed) return;
    const { CollectorFeed: Feed } = await import("../observe/collector-feed.ts");
    this.#feed = new Feed({
      clock: this.clock,
      random: this.#random,
      traces: false,
      startMs: this.#startMs,
      reading: () => this.#readings.total(),
      refresh: () => void this.#askForReadings(),
    });
  }

  #tell(config: EdgeConfig, sockets: readonly HeldSocket[]): UpdateOutcome[] {
    const tell = (worker: Worker) =>
      worker.update(configOfWorker(config, worker.number), socketsOf(worker.number, sockets));
    return this.#allWorkers().flatMap(tell);
  }

  /** What is known of workers is known by the names of a configuration. */
  #follow(config: EdgeConfig): void {
    this.#endpointReports.configure(config);
    // Nothing is listened at by an edge that drains, and what was is still told.
    if (this.#isEnding) return;
    const listeners = this.#sockets.all.map(({ host, handle }) => `${host}:${portOf(handle)}`);
    this.#readings.configure(meteredNames(config, listeners));
  }

  /** What operators may do. */
  #control(): EdgeControl {
    return {
      state: () => (this.#isEnding ? "draining" : "serving"),
      config: () => this.#inForce,
      update: (next) => this.update(next),
      clusters: async () => (await this.reading()).upstreams,
      metrics: async () => (await this.reading()).metrics,
      drain: () => void this.#drain(undefined),
    };
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

  /** All who ask while the workers are asked share one more question, which is asked after that: what they get is no older than theirs. */
  #askForReadings(): Promise<void> {
    if (this.#asking) {
      this.#askingNext ??= this.#asking.then(() => {
        this.#askingNext = undefined;
        return this.#askForReadings();
      });
      return this.#askingNext;
    }
    this.#asking = Promise.all(this.#allWorkers().map((worker) => worker.askForReadings())).then(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  #drain(maxMs: number | undefined): Promise<{ readonly drained: boolean }> {
    this.#isEnding = true;
    this.#drained ??= this.#lastChange.then(async () => {
      // Who goes on accepting has to be the last to stop listening: what comes to a socket that is held here alone waits for nobody.
      this.#sockets.close();
      const outcomes = Promise.all(this.#allWorkers().map((worker) => worker.drain(maxMs)));
      const drained = (await outcomes).every((one) => one);
      if (!this.#isEndedByParent) this.#leave({ drained });
      return { drained };
    });
    return this.#drained;
  }
}

/** The sockets that one of the workers, from 1, gets: see `configOfWorker`. */
function socketsOf(worker: number, sockets: readonly HeldSocket[]): readonly HeldSocket[] {
  return worker === 1 ? sockets : sockets.filter(({ transport }) => transport !== "udp");
}
