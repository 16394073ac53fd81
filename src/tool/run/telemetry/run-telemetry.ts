import { randomBytes } from "node:crypto";
import type { TelemetrySink } from "../../../blocks/telemetry/otlp/model.ts";
import type { Clock, Random, Timer } from "../../../blocks/time/index.ts";
import type {
  Figures,
  RequirementStatus,
  RunEvent,
  SystemState,
  TelemetryStatus,
} from "../../control-api/index.ts";
import type { SystemModel } from "../../design/model.ts";
import type { Part } from "../part.ts";
import type { Ports } from "../ports.ts";
import { FigureMaker, type PartsView } from "./figures/figure-maker.ts";
import { type LogEvent, LogStore } from "./logs/index.ts";
import { MarkKeeper } from "./marks/mark-keeper.ts";
import { MetricFile, MetricStore } from "./metrics/index.ts";
import { partDirectory } from "./part-directory-of.ts";
import { PostgresPoller } from "./postgres/postgres-poller.ts";
import type { Receiver } from "./receiver/index.ts";
import { publicEdges, RequirementJudge } from "./requirements/requirement-judge.ts";
import { writeRequirements } from "./run-requirements.ts";
import { RunSummary } from "./run-summary.ts";
import type { TelemetryTarget } from "./telemetry-target.ts";
import { TraceRecord, TraceStore } from "./traces/index.ts";
import { UsageSampler } from "./usage/usage-sampler.ts";

/** How often the map's figures are made, while somebody looks at them. */
const FIGURES_EVERY_MS = 1_000;
/** How often is looked whether requirements can be judged anew. */
const JUDGE_EVERY_MS = 2_000;
/** Every so many times, the run's few figures are written down. */
const SUMMARY_EVERY = 5;

export interface RunTelemetryOptions {
  readonly model: SystemModel;
  readonly clock: Clock;
  readonly random: Random;
  readonly ports: Ports;
  /** The run's folder, in which its record is kept. */
  readonly folder: string;
  readonly startedMs: number;
  /** The parts as they are now. */
  readonly parts: () => Iterable<Part>;
  readonly state: () => SystemState;
  /** Told what came over OTLP as a log, to be kept with what processes have written. */
  readonly onLog: (event: LogEvent & { readonly id: number }) => void;
}

/**
 * What is observed of a running system: takes what its parts send and measures what they do not say, keeps it in bounded memory and in
 * the run's record, and makes of it what the console shows. A design that wants none of it has logs and states alone.
 */
export class RunTelemetry {
  readonly metrics: MetricStore;
  readonly traces: TraceStore;
  readonly logs: LogStore;
  readonly marks = new MarkKeeper();
  readonly #options: RunTelemetryOptions;
  readonly #figures: FigureMaker;
  readonly #judge: RequirementJudge;
  readonly #usage: UsageSampler;
  readonly #summary: RunSummary | undefined;
  readonly #traceRecord: TraceRecord | undefined;
  readonly #metricFile: MetricFile | undefined;
  readonly #pollers: readonly PostgresPoller[];
  readonly #figureListeners = new Set<(figures: Figures) => void>();
  readonly #requirementListeners = new Set<(requirements: readonly RequirementStatus[]) => void>();
  #receiver: Receiver | undefined;
  #target: TelemetryTarget | undefined;
  #figureTimer: Timer | undefined;
  #judgeTimer: Timer | undefined;
  #judged = 0;

  private constructor(options: RunTelemetryOptions) {
    const { model, clock, folder, parts, startedMs, onLog } = options;
    this.#options = options;
    const directory = partDirectory(model, parts, clock);
    const record = model.telemetry?.record ?? false;
    this.metrics = new MetricStore({ clock, directory });
    this.#metricFile = record ? new MetricFile({ store: this.metrics, runFolder: folder, clock }) : undefined;
    this.#traceRecord = record ? new TraceRecord(folder, { clock }) : undefined;
    this.traces = new TraceStore({
      directory,
      clock,
      metrics: this.metrics,
      ...(this.#traceRecord ? { onSettled: this.#traceRecord.add } : {}),
    });
    const names = new Set(model.parts.map(({ name }) => name));
    this.logs = new LogStore({
      directory,
      clock,
      folder,
      isPart: (name) => names.has(name),
      onRecord: onLog,
    });
    this.#usage = new UsageSampler({ clock, writer: this.metrics, parts });
    this.#figures = new FigureMaker({ model, reader: this.metrics, directory, usage: this.#usage });
    const edges = publicEdges(model);
    this.#judge = new RequirementJudge({
      requires: model.requires,
      edges,
      reader: this.metrics,
      startMs: startedMs,
    });
    this.#summary = record
      ? new RunSummary({ folder, edges, metrics: this.metrics, startedMs, clock })
      : undefined;
    this.#pollers = model.parts
      .filter(({ kind }) => kind === "database")
      .map(({ name }) => {
        const url = () => [...parts()].find((part) => part.name === name && part.isReady)?.url;
        return new PostgresPoller({ part: name, url, clock, writer: this.metrics });
      });
  }

  /** Opens the receiver, if the design wants anything to be observed. */
  static async open(options: RunTelemetryOptions): Promise<RunTelemetry> {
    const telemetry = new RunTelemetry(options);
    const { model, clock, random, ports } = options;
    if (!model.telemetry) return telemetry;
    const { openForwarder, openReceiver } = await import("./receiver/index.ts");
    const token = randomBytes(24).toString("base64url");
    const port = await ports.take("telemetry");
    const { forward, traces } = model.telemetry;
    telemetry.#receiver = await openReceiver({
      clock,
      port,
      token,
      sink: telemetry.#sink(),
      ...(forward === undefined ? {} : { forwarder: openForwarder({ clock, random, url: forward }) }),
    });
    telemetry.#target = {
      endpoint: `http://127.0.0.1:${telemetry.#receiver.port}`,
      headers: { authorization: `Bearer ${token}` },
      namespace: model.name,
      traces,
    };
    return telemetry;
  }

  /** Where parts send what they tell; undefined when nothing is observed. */
  get target(): TelemetryTarget | undefined {
    return this.#target;
  }

  /** Begins to measure. Called once the parts are there. */
  start(): void {
    if (!this.#target) return;
    this.#usage.start();
    for (const poller of this.#pollers) poller.start();
    this.#judgeLater();
  }

  /** Takes an event of the run; of a line, returns the id under which it is kept. */
  onEvent(event: RunEvent): number | undefined {
    if (event.type === "log") return this.logs.add(event);
    this.marks.take(event);
    return undefined;
  }

  figures(): Figures {
    return this.#figures.figures(this.#view(), this.#options.clock.wallMs());
  }

  requirements(): readonly RequirementStatus[] {
    this.#judge.advance(this.#options.clock.wallMs());
    return this.#judge.statuses();
  }

  /** Tells the figures of every second. Returns what ends it. */
  onFigures(listener: (figures: Figures) => void): () => void {
    this.#figureListeners.add(listener);
    if (this.#figureListeners.size === 1) this.#tick();
    return () => {
      this.#figureListeners.delete(listener);
      if (this.#figureListeners.size === 0) this.#figureTimer?.cancel();
    };
  }

  /** Tells how requirements stand whenever that was judged again. Returns what ends it. */
  onRequirements(listener: (requirements: readonly RequirementStatus[]) => void): () => void {
    this.#requirementListeners.add(listener);
    return () => void this.#requirementListeners.delete(listener);
  }

  status(): TelemetryStatus {
    const receiver = this.#receiver?.status();
    const metrics = this.metrics.status();
    const traces = this.traces.status();
    const logs = this.logs.status();
    const nothing = { received: 0, dropped: {} };
    return {
      endpoint: this.#target?.endpoint ?? "",
      traces: {
        received: receiver?.traces.received ?? 0,
        dropped: {
          ...receiver?.traces.dropped,
          "too-large": sum(receiver?.traces.dropped["too-large"], traces.droppedSpans),
        },
      },
      metrics: {
        received: receiver?.metrics.received ?? 0,
        dropped: { ...receiver?.metrics.dropped, ...metrics.dropped },
      },
      logs: receiver?.logs ?? nothing,
      store: {
        traces: traces.traces,
        spans: traces.spans,
        series: metrics.series,
        logEntries: logs.entries,
        bytes: metrics.bytes + traces.bytes + logs.bytes,
        bytesMax: metrics.bytesMax + traces.bytesMax + logs.bytesMax,
        fromMs: metrics.fromMs,
      },
      ...(receiver?.forward ? { forward: receiver.forward } : {}),
    };
  }

  /** Asks nothing of the parts any more, which are about to end; what they still tell is taken. Idempotent. */
  async leaveParts(): Promise<void> {
    this.#usage.close();
    await Promise.all(this.#pollers.map((poller) => poller.close()));
  }

  /** Writes down what is not written yet, and frees everything. Idempotent. */
  async close(): Promise<void> {
    await this.leaveParts();
    this.#figureTimer?.cancel();
    this.#judgeTimer?.cancel();
    await this.#receiver?.close();
    this.traces.close();
    await this.#traceRecord?.flush();
    await this.#metricFile?.close();
    this.#summarize();
  }

  #summarize(): void {
    if (!this.#summary) return;
    this.#summary.write();
    writeRequirements(this.#options.folder, this.requirements());
  }

  #sink(): TelemetrySink {
    return {
      spans: (batch) => this.traces.add(batch),
      metrics: (batch) => this.metrics.take(batch),
      logs: (batch) => this.logs.addOtlp(batch),
    };
  }

  #view(): PartsView {
    const parts = [...this.#options.parts()].map(({ name, keepers }) => ({
      name,
      replicas: keepers.map((keeper) => keeper.snapshot()),
    }));
    return { state: this.#options.state(), parts };
  }

  #tick(): void {
    const figures = this.figures();
    for (const listener of [...this.#figureListeners]) listener(figures);
    if (this.#figureListeners.size === 0) return;
    this.#figureTimer = this.#options.clock.setTimer(FIGURES_EVERY_MS, () => this.#tick());
    this.#figureTimer.unref();
  }

  #judgeLater(): void {
    this.#judgeTimer = this.#options.clock.setTimer(JUDGE_EVERY_MS, () => {
      if (++this.#judged % SUMMARY_EVERY === 0) this.#summarize();
      if (this.#judge.advance(this.#options.clock.wallMs())) {
        const requirements = this.#judge.statuses();
        for (const listener of [...this.#requirementListeners]) listener(requirements);
      }
      this.#judgeLater();
    });
    this.#judgeTimer.unref();
  }
}

function sum(one: number | undefined, other: number): number {
  return (one ?? 0) + other;
}
