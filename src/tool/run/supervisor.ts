import { join } from "node:path";
import { messageOf } from "../../blocks/errors/index.ts";
import type { Clock, Random } from "../../blocks/time/index.ts";
import type { LogLine, RunEvent, RunFact, SystemSnapshot, SystemState } from "../control-api/index.ts";
import type { LoadedDesign } from "../design/model.ts";
import { assemble } from "./assembly.ts";
import { ControlServer, type ControlServerOptions, consoleUrl } from "./control/control-server.ts";
import type { ControlRoute } from "./control/route.ts";
import { liveRoutes } from "./control/routes/live-routes.ts";
import { partRoutes } from "./control/routes/part-routes.ts";
import { runRoutes } from "./control/routes/run-routes.ts";
import { systemRoutes } from "./control/routes/system-routes.ts";
import { telemetryRoutes } from "./control/routes/telemetry-routes.ts";
import { RunError } from "./errors.ts";
import type { Keeper } from "./keeper.ts";
import { Ledger } from "./ledger.ts";
import { takeLock } from "./lock.ts";
import type { Part, PartHost } from "./part.ts";
import { Ports, whyNotFree } from "./ports.ts";
import { Reloader } from "./reloader.ts";
import { RunRecord } from "./run-record.ts";
import type { ScalingLoop, ScalingTimes } from "./scaling/index.ts";
import { isScaled } from "./scaling/scaled-service.ts";
import { ServicePart } from "./service-part.ts";
import { snapshotOf } from "./snapshot.ts";
import { openStateFolder } from "./state-folder.ts";
import { RunTelemetry } from "./telemetry/run-telemetry.ts";

/** How long what a killed supervisor left may take to end in order. */
const LEFTOVERS_GRACE_MS = 5_000;

export interface RunOptions {
  readonly design: LoadedDesign;
  readonly clock: Clock;
  readonly random: Random;
  /** What the design's programs inherit. */
  readonly environment: NodeJS.ProcessEnv;
  /** Restarts a service whose files changed. */
  readonly watch: boolean;
  /** How often services whose replicas follow their load are looked at. */
  readonly scaling?: ScalingTimes;
  /** What this run is called, in lists of runs. */
  readonly label?: string;
  /** Answers requests for what is no part of the control API: the console's page. Default: nothing does. */
  readonly page?: ControlServerOptions["page"];
  /** Told every event and every log line, in order. Must not throw. */
  readonly onEvent: (event: RunEvent) => void;
}

/** A system that runs, or is being stopped. */
export interface RunningSystem {
  snapshot(): SystemSnapshot;
  /** Where a browser finds the console, its key included; undefined when no page is served. */
  readonly console: string | undefined;
  /** Resolves when every part has been ready, or done, at once for the first time. Never rejects. */
  readonly ready: Promise<void>;
  /** Resolves when the system has stopped: by `stop()`, or by `down` over the control API. */
  readonly ended: Promise<void>;
  /** Throws `NO_SUCH_PART`, `NOT_POSSIBLE` or `SCALE_FAILED`. */
  scale(part: string, replicas: number): Promise<void>;
  /** Replaces a service's replicas one by one, without a failed request. Throws `NO_SUCH_PART`, `RESTART_FAILED`. */
  restart(part: string): Promise<void>;
  /** Lets requests finish, then ends the parts, each before what it uses. Idempotent. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): Promise<void>;
}

/**
 * Runs a design: resolves as soon as its parts begin to start. Throws, before anything is started, `ALREADY_RUNNING`,
 * `PORT_IN_USE` and `STATE_TOO_NEW`.
 */
export async function startSystem(options: RunOptions): Promise<RunningSystem> {
  const { design } = options;
  const stateFolder = openStateFolder(design);
  const lock = takeLock(stateFolder, design.model.name);
  try {
    const supervisor = new Supervisor(options, stateFolder, () => lock.release());
    await supervisor.start();
    return supervisor;
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

class Supervisor implements RunningSystem {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly #options: RunOptions;
  readonly #stateFolder: string;
  readonly #ledger: Ledger;
  readonly #ports: Ports;
  readonly #startedMs: number;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  #telemetry: RunTelemetry | undefined;
  readonly #verdicts = new Set<string>();
  readonly #started = new Set<string>();
  readonly #reloaders = new Set<Reloader>();
  readonly #release: () => void;
  #record: RunRecord | undefined;
  #control: ControlServer | undefined;
  #scaling: ScalingLoop | undefined;
  #parts: ReadonlyMap<string, Part> = new Map();
  #state: SystemState = "starting";
  #wasReady = false;
  #stopped: Promise<void> | undefined;
  #markReady: () => void = () => {};
  #markEnded: () => void = () => {};

  constructor(options: RunOptions, stateFolder: string, release: () => void) {
    this.#options = options;
    this.#stateFolder = stateFolder;
    this.#release = release;
    this.#ledger = new Ledger(stateFolder);
    this.#ports = new Ports(join(stateFolder, "ports.json"), options.random);
    this.#startedMs = options.clock.wallMs();
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#markEnded = resolve;
    });
  }

  async start(): Promise<void> {
    const { design, clock, random } = this.#options;
    const left = await this.#ledger.endLeftovers(clock, LEFTOVERS_GRACE_MS);
    await this.#checkPorts();
    const record = new RunRecord(
      join(this.#stateFolder, "runs"),
      design.model,
      clock,
      random,
      this.#options.label,
    );
    this.#record = record;
    const telemetry = await this.#openTelemetry(record);
    this.#telemetry = telemetry;
    this.#emit({ type: "system", state: "starting" });
    if (left.length > 0) {
      this.#emit({ type: "notice", message: `ended what an earlier run had left: ${left.join(", ")}` });
    }
    this.#parts = await assemble(design.model, this.#host(telemetry));
    await this.#startScaling(telemetry);
    this.#control = await ControlServer.open({
      stateFolder: this.#stateFolder,
      file: design.file,
      ports: this.#ports,
      clock,
      ...(this.#options.page ? { page: this.#options.page } : {}),
      routes: this.#routes(telemetry, record.id),
    });
    // It may have been told `down` in the moment in which it opened.
    if (this.#stopped) return await this.#control.close();
    telemetry.start();
    for (const part of this.#parts.values()) this.#startWhenPossible(part);
    for (const part of this.#parts.values()) if (!this.#started.has(part.name)) part.prepare?.();
    this.#look();
  }

  /** What scales is loaded only where a design has something to scale. */
  async #startScaling({ metrics }: RunTelemetry): Promise<void> {
    const services = [...this.#parts.values()].filter(isScaled);
    if (services.length === 0) return;
    const { ScalingLoop } = await import("./scaling/index.ts");
    const { design, clock, scaling } = this.#options;
    this.#scaling = new ScalingLoop({
      model: design.model,
      services,
      reader: metrics,
      clock,
      stateFolder: this.#stateFolder,
      onChange: (part, replicas, reason) => {
        this.#emit({ type: "scaled", part, replicas, reason });
        this.#emit({ type: "log", part, replica: part, stream: "trestle", text: reason });
      },
      onNotice: (part, message) => this.#emit({ type: "notice", part, message }),
      ...scaling,
    });
    this.#scaling.start();
  }

  #openTelemetry(record: RunRecord): Promise<RunTelemetry> {
    const { design, clock, random } = this.#options;
    return RunTelemetry.open({
      model: design.model,
      clock,
      random,
      ports: this.#ports,
      folder: record.folder,
      startedMs: this.#startedMs,
      parts: () => this.#parts.values(),
      state: () => this.#state,
      onLog: (event) => record.add(event),
    });
  }

  #routes(telemetry: RunTelemetry, run: string): readonly ControlRoute[] {
    const { design, clock } = this.#options;
    const subscribe = (listener: (event: RunEvent) => void) => this.#subscribe(listener);
    return [
      ...systemRoutes({
        snapshot: () => this.snapshot(),
        scale: (part, replicas) => this.scale(part, replicas),
        restart: (part) => this.restart(part),
        stop: () => this.stop(),
        subscribe,
        tail: (parts, lines) => {
          for (const part of parts) this.#part(part);
          return telemetry.logs.tail(parts, lines);
        },
      }),
      ...partRoutes({
        partOf: (name) => this.#part(name),
        supervision: {
          scale: (part, replicas) => this.scale(part, replicas),
          restart: (part) => this.restart(part),
        },
        clock,
      }),
      ...telemetryRoutes({ model: design.model, telemetry, clock }),
      ...runRoutes({ stateFolder: this.#stateFolder, current: run, clock }),
      ...liveRoutes({ telemetry, subscribe }),
    ];
  }

  get console(): string | undefined {
    return this.#options.page && this.#control ? consoleUrl(this.#control.address) : undefined;
  }

  snapshot(): SystemSnapshot {
    const { design } = this.#options;
    return snapshotOf({
      system: design.model.name,
      file: design.file,
      state: this.#state,
      startedMs: this.#startedMs,
      run: this.#record?.id ?? "",
      parts: [...this.#parts.values()],
      reasonOf: (part) => this.#scaling?.reasonOf(part),
    });
  }

  async scale(name: string, replicas: number): Promise<void> {
    const part = this.#part(name);
    if (!part.scale) {
      throw new RunError(
        "NOT_POSSIBLE",
        `${name} is ${part.external ? "outside Trestle" : `a ${part.kind}`}: only services have replicas`,
      );
    }
    this.#checkStarted(part);
    await part.scale(replicas);
    this.#emit({ type: "scaled", part: name, replicas });
    this.#look();
  }

  async restart(name: string): Promise<void> {
    const part = this.#part(name);
    this.#checkStarted(part);
    await part.restart();
  }

  stop(): Promise<void> {
    return this.#endOnce(async () => {
      const gone = new Map<Part, Promise<void>>();
      for (const part of [...this.#parts.values()].reverse())
        gone.set(part, this.#stopAfterUsers(part, gone));
      await Promise.all(gone.values());
    });
  }

  async kill(): Promise<void> {
    const killParts = async () => {
      await Promise.all([...this.#parts.values()].map((part) => part.kill()));
    };
    // A system that is being stopped in order is not stopped once more, but what it waits for is ended.
    if (this.#stopped) await killParts();
    await this.#endOnce(killParts);
  }

  #endOnce(endParts: () => Promise<void>): Promise<void> {
    if (!this.#stopped) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#stopped = promise;
      void this.#end(endParts).then(resolve);
    }
    return this.#stopped;
  }

  /** Never rejects: whatever fails on the way is told, and the rest is ended all the same. */
  async #end(endParts: () => Promise<void>): Promise<void> {
    this.#set("stopping");
    for (const reloader of this.#reloaders) reloader.close();
    this.#scaling?.close();
    for (const part of this.#parts.values()) part.freeze();
    const steps = [
      async () => this.#telemetry?.leaveParts(),
      async () => {
        await endParts();
        // What could not be ended stays in the ledger, for the next supervisor to find.
        this.#ledger.clear();
      },
      async () => this.#telemetry?.close(),
      async () => this.#set("stopped"),
      async () => this.#record?.close([...this.#verdicts]),
      async () => this.#control?.close(),
      async () => this.#release(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (thrown) {
        this.#emit({ type: "notice", message: `while stopping: ${messageOf(thrown)}` });
      }
    }
    this.#markEnded();
  }

  /** A part is stopped once all that use it have ended. */
  async #stopAfterUsers(part: Part, gone: ReadonlyMap<Part, Promise<void>>): Promise<void> {
    const users = [...this.#parts.values()].filter((other) => other.needs.includes(part.name));
    await Promise.all(users.map((user) => gone.get(user)));
    await part.stop();
  }

  /** Starts a part as soon as all that it needs is ready for the first time. */
  #startWhenPossible(part: Part): void {
    if (this.#started.has(part.name) || this.#stopped) return;
    const missing = part.needs.filter((name) => !this.#parts.get(name)?.isReady);
    if (missing.length > 0) {
      for (const keeper of part.keepers) keeper.waitFor(missing.join(", "));
      return;
    }
    this.#started.add(part.name);
    part.start();
    if (this.#options.watch && part instanceof ServicePart) this.#watch(part);
  }

  #watch(part: ServicePart): void {
    const { name, folder } = part;
    const notice = (message: string) => this.#emit({ type: "notice", part: name, message });
    const restart = () => this.restart(name).catch((thrown: unknown) => notice(messageOf(thrown)));
    try {
      const onChange = (files: string) => notice(`${files} changed: restarting`);
      this.#reloaders.add(new Reloader({ folder, clock: this.#options.clock, restart, onChange }));
    } catch (thrown) {
      notice(`its files cannot be watched: ${messageOf(thrown)}`);
    }
  }

  #onState(keeper: Keeper): void {
    const { part, id } = keeper.job;
    const { state } = keeper;
    this.#emit({ type: "part", part, replica: id, state });
    if (state.is === "gave-up") this.#verdicts.add(`${id} gave up: it ${state.reason}`);
    if (state.is === "failed" && state.looping)
      this.#verdicts.add(`${id} is in a crash loop: it ${state.reason}`);
    if (!this.#stopped) for (const other of this.#parts.values()) this.#startWhenPossible(other);
    this.#look();
  }

  /** Judges the state of the whole by that of its parts. */
  #look(): void {
    if (this.#stopped) return;
    const keepers = [...this.#parts.values()].flatMap((part) => part.keepers);
    if (keepers.every((keeper) => keeper.isReady)) {
      this.#wasReady = true;
      this.#set("ready");
      this.#markReady();
      return;
    }
    const hopeless = keepers.some(
      ({ state }) => state.is === "gave-up" || (state.is === "failed" && state.looping),
    );
    this.#set(this.#wasReady || hopeless ? "degraded" : "starting");
  }

  #set(state: SystemState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#emit({ type: "system", state });
  }

  #emit(fact: RunFact): void {
    const event: RunEvent = { timeMs: this.#options.clock.wallMs(), ...fact };
    const id = this.#telemetry?.onEvent(event);
    this.#record?.add(event.type === "log" && id !== undefined ? { ...event, id } : event);
    this.#options.onEvent(event);
    for (const listener of this.#listeners) listener(event);
  }

  #subscribe(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #host({ target }: RunTelemetry): PartHost {
    const { clock, random, design, environment } = this.#options;
    return {
      clock,
      random,
      ledger: this.#ledger,
      ports: this.#ports,
      system: design.model.name,
      stateFolder: this.#stateFolder,
      designFolder: design.folder,
      environment,
      telemetry: target,
      onState: (keeper) => this.#onState(keeper),
      onLine: (line: LogLine) => this.#emit({ type: "log", ...line }),
      notice: (part, message) => this.#emit({ type: "notice", part, message }),
    };
  }

  #part(name: string): Part {
    const part = this.#parts.get(name);
    if (part) return part;
    const names = [...this.#parts.keys()].join(", ");
    throw new RunError(
      "NO_SUCH_PART",
      `${this.#options.design.model.name} has no part ${name}: it has ${names}`,
    );
  }

  #checkStarted(part: Part): void {
    if (this.#stopped) throw new RunError("NOT_POSSIBLE", "the system is being stopped");
    if (part.external || this.#started.has(part.name)) return;
    const missing = part.needs.filter((name) => !this.#parts.get(name)?.isReady);
    throw new RunError(
      "NOT_POSSIBLE",
      `${part.name} has not started yet: it waits for ${missing.join(", ")}`,
    );
  }

  async #checkPorts(): Promise<void> {
    for (const part of this.#options.design.model.parts) {
      if (part.kind !== "edge" || part.url !== undefined) continue;
      for (const { kind, host, port } of part.listeners) {
        // The ports of datagrams are others, and are found taken when they are bound.
        if (port === 0 || kind === "udp") continue;
        const why = await whyNotFree(host, port);
        if (why === undefined) continue;
        throw new RunError("PORT_IN_USE", `${part.name} cannot listen on port ${port} of ${host}: ${why}`, {
          details: { part: part.name, port },
        });
      }
    }
  }
}
