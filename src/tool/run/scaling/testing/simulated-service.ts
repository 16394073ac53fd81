import { type Random, SimulatedClock } from "../../../../blocks/time/index.ts";
import type { State } from "../../../control-api/index.ts";
import type { EdgeModel } from "../../../design/edge-model.ts";
import type { ServiceModel, SystemModel } from "../../../design/model.ts";
import type { ScalingModel } from "../../../design/scaling-model.ts";
import { MetricStore } from "../../telemetry/metrics/index.ts";
import { plainDirectory } from "../../telemetry/metrics/reporter.ts";
import type { ScaledService } from "../scaled-service.ts";
import { ScalingLoop, type ScalingTimes } from "../scaling-loop.ts";

interface Replica {
  readonly job: { readonly id: string };
  state: State;
  sinceMs: number;
}

export interface SimulatedOptions extends ScalingTimes {
  readonly scaling: Omit<ScalingModel, "min" | "max"> & Partial<ScalingModel>;
  readonly stateFolder: string;
  readonly clock?: SimulatedClock;
  /** How long a replica takes to start. Default 2 s. */
  readonly startMs?: number;
  /** By how much what a second asks for lies around the load: 0.2 is up to 20 % more or less. Default 0. */
  readonly noise?: number;
  readonly random?: Random;
}

const LIMITS = { min: 1, max: 6 };
/** What a request keeps a processor busy for: 50 a second fill one. */
const WORK_MS = 20;

/**
 * A service that exists in its figures alone: requests come at a rate that a test sets, an edge and the usage of processes tell of it
 * to a real metric store each second, and its scaling is the real one, on a clock that is moved by hand.
 */
export class SimulatedService {
  readonly clock: SimulatedClock;
  readonly store: MetricStore;
  readonly loop: ScalingLoop;
  /** Every change and when it was made, in seconds since the beginning. */
  readonly changes: { readonly atS: number; readonly replicas: number; readonly reason: string }[] = [];
  readonly notices: string[] = [];
  readonly service: ScaledService;
  /** Requests in a second. */
  perSecond = 0;
  /** What is silent: the edge, or the usage of processes. */
  readonly silent = new Set<"edge" | "usage">();
  readonly replicas: Replica[] = [];
  readonly #options: SimulatedOptions;
  readonly #beganMs: number;

  constructor(options: SimulatedOptions) {
    const { stateFolder, clock = new SimulatedClock(), ...times } = options;
    this.#options = options;
    this.clock = clock;
    this.#beganMs = clock.wallMs();
    this.store = new MetricStore({ clock, directory: plainDirectory });
    const scaling = { ...LIMITS, ...options.scaling };
    let wanted = scaling.min;
    this.service = {
      name: "api",
      scaling,
      get wanted() {
        return wanted;
      },
      keepers: this.replicas,
      scale: async (replicas) => {
        wanted = replicas;
        this.#setReplicas(replicas);
      },
    };
    this.#setReplicas(scaling.min);
    this.loop = new ScalingLoop({
      ...times,
      model: modelOf(scaling),
      services: [this.service],
      reader: this.store,
      clock,
      stateFolder,
      onChange: (_service, replicas, reason) =>
        this.changes.push({ atS: (clock.wallMs() - this.#beganMs) / 1_000, replicas, reason }),
      onNotice: (_service, message) => this.notices.push(message),
    });
    this.loop.start();
  }

  /** Lets seconds go by at a rate. */
  async run(seconds: number, perSecond = this.perSecond): Promise<void> {
    this.perSecond = perSecond;
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1_000);
      this.#tell();
    }
  }

  /** A process dies, and is started anew after a while. */
  crash(id: string, backOffMs: number): void {
    const replica = this.replicas.find(({ job }) => job.id === id);
    if (!replica) return;
    this.#become(replica, { is: "failed", reason: "exited", looping: false, retryInMs: backOffMs });
    this.clock.setTimer(backOffMs, () => this.#start(replica));
  }

  #setReplicas(count: number): void {
    for (const gone of this.replicas.splice(count)) this.#become(gone, { is: "stopped" });
    while (this.replicas.length < count) {
      const replica: Replica = {
        job: { id: `api.${this.replicas.length + 1}` },
        state: { is: "waiting", for: "its turn" },
        sinceMs: 0,
      };
      this.replicas.push(replica);
      this.#start(replica);
    }
  }

  #start(replica: Replica): void {
    if (replica.state.is === "stopped") return;
    this.#become(replica, { is: "starting", for: "its port" });
    this.clock.setTimer(this.#options.startMs ?? 2_000, () => {
      if (replica.state.is === "starting") this.#become(replica, { is: "ready" });
    });
  }

  #become(replica: Replica, state: State): void {
    replica.state = state;
    replica.sinceMs = this.clock.wallMs();
  }

  #tell(): void {
    const { noise = 0, random = () => 0.5 } = this.#options;
    const timeMs = this.clock.wallMs();
    const load = Math.round(this.perSecond * (1 + noise * (2 * random() - 1)));
    const ready = this.replicas.filter(({ state }) => state.is === "ready");
    if (!this.silent.has("edge")) {
      const edge = { part: "front", replica: "front", attributes: { "trestle.peer": "api" }, timeMs };
      // By Little's law, with nobody waiting.
      const value = (load * WORK_MS) / 1_000;
      this.store.gauge({ ...edge, name: "trestle.edge.upstream.requests.active", unit: "{request}", value });
      this.store.observe({
        ...edge,
        name: "http.client.request.duration",
        unit: "s",
        value: WORK_MS / 1_000,
        weight: load,
      });
    }
    if (this.silent.has("usage")) return;
    for (const { job, state } of this.replicas) {
      if (state.is !== "ready" && state.is !== "starting") continue;
      const share = state.is === "ready" ? (load * WORK_MS) / 1_000 / ready.length : 1;
      const usage = { part: "api", replica: job.id, timeMs };
      this.store.gauge({ ...usage, name: "process.cpu.utilization", unit: "1", value: Math.min(1, share) });
      this.store.gauge({ ...usage, name: "process.memory.usage", unit: "By", value: 50e6 + 100e6 * share });
    }
  }
}

function modelOf(scaling: ScalingModel): SystemModel {
  const api: ServiceModel = {
    kind: "service",
    name: "api",
    program: { command: ["api"] },
    folder: ".",
    uses: {},
    environment: {},
    replicas: scaling.min,
    scaling,
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
  };
  const routes = [{ path: "/*", to: "api" }];
  const listener = { kind: "http", host: "127.0.0.1", port: 8080, routes } as const;
  const front: EdgeModel = {
    kind: "edge",
    name: "front",
    listeners: [{ ...listener, http2: true, trustedHops: 0, acceptProxy: false }],
    workers: 1,
    limits: {},
  };
  return { version: 1, name: "demo", requires: {}, parts: [api, front] };
}
