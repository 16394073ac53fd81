import { PlanError } from "../../errors.ts";
import type { LatencyPercentiles } from "../../plan-answer.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { visitsOf } from "../../visits.ts";
import { type EventHandler, type Histogram, Simulation, Streams } from "../engine/index.ts";
import { beginArrivals } from "./arrivals.ts";
import { CacheContents, KeySpace } from "./cache-contents.ts";
import { Calls } from "./calls.ts";
import { Pools } from "./pools.ts";
import { Processors } from "./processors.ts";
import { ScalingLoop, scalingOf } from "./scaling.ts";
import { type PartSums, SimulatedPart } from "./simulated-part.ts";
import { type ClassPlan, Planner } from "./stay-plan.ts";
import type { ScaledPart, SystemSimulation, SystemSimulationOptions } from "./system-simulation.ts";
import { Tally } from "./tally.ts";
import { beginTroubles } from "./troubles.ts";
import { Walk } from "./walk.ts";
import { WINDOWS_MAX, Windows } from "./windows.ts";

/** Items of a cache that are kept one by one; more would take some hundred bytes each. */
const ITEMS_MAX = 1_000_000;
/** Windows where none are asked for. */
const WINDOWS = 120;

/** A design that is being simulated. Building it plans the first events. Pure. */
export class SimulatedSystem {
  readonly simulation = new Simulation();
  readonly #resolved: ResolvedSystem;
  readonly #options: SystemSimulationOptions;
  readonly #streams: Streams;
  readonly #pools = new Pools();
  readonly #parts: readonly SimulatedPart[];
  readonly #classes: readonly ClassPlan[];
  readonly #keys: readonly (KeySpace | undefined)[];
  readonly #windows: Windows;
  readonly #tally: Tally;
  readonly #processors: Processors | undefined;
  readonly #walk: Walk;
  readonly #notes: string[] = [];
  // At the end of the warm-up, and of the last window.
  #sumsBefore: readonly PartSums[];
  #windowSums: readonly PartSums[];
  #windowCalls: readonly number[];
  #windowEndMs = 0;
  #windowBusyMs = 0;

  /** @throws PlanError when an option names what the design has not, or is out of its range. */
  constructor(resolved: ResolvedSystem, options: SystemSimulationOptions) {
    const { seed = 1, durationMs, windowMs = durationMs / WINDOWS, underWayMax = 1_000_000 } = options;
    this.#resolved = resolved;
    this.#options = options;
    this.#streams = new Streams(seed);
    this.#windows = new Windows(Math.max(windowMs, durationMs / WINDOWS_MAX));
    this.#tally = new Tally(resolved.classes.length, resolved.parts.length, this.#windows);
    const { simulation } = this;
    const visitOf = this.#pools.visitOf;
    this.#processors = resolved.here && new Processors(simulation, resolved.here, visitOf);
    const planner = new Planner(resolved.parts, this.#streams, resolved.here !== undefined);
    this.#classes = resolved.classes.map((one, number) => planner.class(one, number));
    const parts: SimulatedPart[] = [];
    const pools = this.#pools;
    const tally = this.#tally;
    const streams = this.#streams.within("calls");
    const calls = new Calls({
      simulation,
      pools,
      tally,
      guards: planner.guards.settings,
      random: streams.of("waits"),
      clients: streams.of("clients"),
      walk: () => this.#walk,
      processors: this.#processors,
    });
    this.#walk = new Walk({
      simulation,
      pools,
      parts,
      tally,
      calls,
      processors: this.#processors,
      underWayMax,
    });
    this.#keys = this.#keySpaces();
    const scaled = this.#scaled();
    for (const [number, part] of resolved.parts.entries()) {
      const follows = scaled.find((one) => one.part === part.name)?.autoscaler;
      parts.push(
        new SimulatedPart(part, number, this.#contents(number), {
          simulation,
          streams: this.#streams.within(`part ${part.name}`),
          owner: this.#walk,
          visitOf,
          processors: this.#processors,
          gone: (replica) => this.#walk.gone(replica),
          bounds: follows && { min: follows.min ?? 1, max: follows.max },
        }),
      );
    }
    this.#parts = parts;
    this.#sumsBefore = this.#sums();
    this.#windowSums = this.#sumsBefore;
    this.#windowCalls = parts.map(() => 0);
    for (const one of scaled) this.#scale(one);
    beginTroubles(options.troubles ?? [], parts, simulation);
    this.#beginWindows();
    this.#beginArrivals();
  }

  /** Requests that are over since the warm-up. */
  get requests(): number {
    return this.#tally.classes.reduce((sum, { requests }) => sum + requests, 0);
  }

  warmedUp(): void {
    // What the window under way has counted so far is not lost with the rest.
    this.#windowCalls = this.#windowCalls.map(
      (before, part) => before - (this.#tally.calls[part]?.attempts ?? 0),
    );
    this.#tally.reset();
    this.#sumsBefore = this.#sums();
    for (const { contents } of this.#parts) contents?.counted();
  }

  answer(): SystemSimulation {
    const { nowMs, events } = this.simulation;
    const { classes, whole, failedBy } = this.#tally;
    if (nowMs - this.#windowEndMs > 1e-6 * this.#windows.windowMs) this.#closeWindow();
    return {
      seed: this.#options.seed ?? 1,
      simulatedMs: nowMs,
      events,
      requests: this.requests,
      failed: classes.reduce((sum, { failed }) => sum + failed, 0),
      classes: this.#classes.map(({ name, number }) => {
        const { requests = 0, failed = 0, latencies } = classes[number] ?? {};
        return { name, requests, failed, latencyMs: percentilesOf(latencies) };
      }),
      parts: this.#partAnswers(),
      windowMs: this.#windows.windowMs,
      series: this.#windows.series(),
      failedBy,
      whole: { ...whole, underWay: whole.arrived - whole.answered - whole.failed },
      calls: this.#parts.map(({ part, number }) => ({
        part: part.name,
        ...(this.#tally.calls[number] ?? { attempts: 0, retries: 0, hedges: 0, wasted: 0 }),
      })),
      leftOver: this.#pools.visiting,
      notes: this.#notes,
    };
  }

  #partAnswers(): SystemSimulation["parts"] {
    const sums = this.#sums();
    return this.#parts.map(({ part, contents }, number) => {
      const since = difference(sums[number], this.#sumsBefore[number]);
      const asked = contents?.askedSince ?? 0;
      return {
        name: part.name,
        utilisation: since.placesMs > 0 ? since.busyMs / since.placesMs : 0,
        meanWaitMs: since.begun > 0 ? since.waitedMs / since.begun : 0,
        ...(contents && asked > 0 ? { hitRatio: contents.hitsSince / asked } : {}),
        refused: since.refused + since.shed,
      };
    });
  }

  // ---- what it is made of ----

  #contents(number: number): CacheContents | undefined {
    const part = this.#resolved.parts[number];
    if (part?.kind !== "cache") return undefined;
    const { items = 0, hitRatio = 0 } = part.cache ?? {};
    const factor = this.#scaleOf();
    const streams = this.#streams.within(`contents of ${part.name}`);
    const contents = new CacheContents(items / factor, hitRatio, streams.of("hits"));
    const readers = this.#resolved.classes.flatMap((one, at) => {
      const space = this.#keys[at];
      const visits = one.kind === "read" ? (visitsOf(one.way).get(part.name) ?? 0) : 0;
      return space && visits > 0 ? [{ space, rate: one.peakPerSecond * visits }] : [];
    });
    contents.warm(readers, streams.of("warming"));
    return contents;
  }

  /** By how much caches, and what they are asked for, are made smaller, so that the largest can be kept. */
  #scaleOf(): number {
    const most = Math.max(0, ...this.#resolved.parts.map(({ cache }) => cache?.items ?? 0));
    return Math.max(1, most / ITEMS_MAX);
  }

  /** Classes whose keys are alike ask for the same things. */
  #keySpaces(): readonly (KeySpace | undefined)[] {
    const factor = this.#scaleOf();
    if (factor > 1) {
      this.#notes.push(
        `Caches hold more than ${ITEMS_MAX.toLocaleString("en-US")} items: they, and the things that are asked for, are simulated ${factor.toFixed(1)} times as few.`,
      );
    }
    const spaces = new Map<string, KeySpace>();
    let first = 0;
    return this.#resolved.classes.map(({ keys }) => {
      if (!keys) return undefined;
      const count = Math.max(1, Math.round(keys.count / factor));
      const name = `${count} ${keys.skew}`;
      const known = spaces.get(name);
      if (known) return known;
      const space = new KeySpace({ count, skew: keys.skew }, first);
      first += count;
      spaces.set(name, space);
      return space;
    });
  }

  #scaled(): readonly ScaledPart[] {
    const told = this.#options.scaling ?? [];
    for (const { part } of told) {
      if (!this.#resolved.parts.some(({ name }) => name === part))
        throw new PlanError("UNKNOWN_SETTING", `scaling: the design has no part ${part}`);
    }
    const designed = this.#resolved.parts.flatMap(({ name, scaling }) =>
      scaling && !told.some(({ part }) => part === name) ? [scalingOf(name, scaling)] : [],
    );
    return [...told, ...designed];
  }

  #scale(scaled: ScaledPart): void {
    const part = this.#parts.find((one) => one.part.name === scaled.part);
    if (part) new ScalingLoop(scaled, part, this.simulation);
  }

  #beginArrivals(): void {
    const drawn = this.#resolved.classes.map(({ name }) => this.#streams.of(`keys of ${name}`));
    beginArrivals(this.#options.arrivals, {
      simulation: this.simulation,
      streams: this.#streams,
      classes: this.#resolved.classes,
      arrived: (number) => {
        const plan = this.#classes[number];
        const random = drawn[number];
        const space = this.#keys[number];
        if (plan && random) this.#walk.request(plan, space ? space.draw(random) : -1);
      },
    });
  }

  // ---- windows ----

  #beginWindows(): void {
    const { simulation } = this;
    const close: EventHandler = {
      happen: () => {
        this.#closeWindow();
        simulation.after(this.#windows.windowMs, close);
      },
    };
    simulation.after(this.#windows.windowMs, close);
  }

  #closeWindow(): void {
    const { nowMs } = this.simulation;
    const elapsedMs = nowMs - this.#windowEndMs;
    const sums = this.#sums();
    const samples: [name: string, unit: string, value: number | null][] = [];
    for (const { part, number, contents, replicas } of this.#parts) {
      const since = difference(sums[number], this.#windowSums[number]);
      const calls = (this.#tally.calls[number]?.attempts ?? 0) - (this.#windowCalls[number] ?? 0);
      samples.push([`${part.name} calls`, "per-second", (calls * 1_000) / elapsedMs]);
      samples.push([
        `${part.name} utilisation`,
        "share",
        since.placesMs > 0 ? since.busyMs / since.placesMs : null,
      ]);
      samples.push([`${part.name} waiting`, "count", since.waitingMs / elapsedMs]);
      samples.push([`${part.name} replicas`, "count", replicas.filter(({ isUp }) => isUp).length]);
      if (contents) samples.push([`${part.name} hits`, "share", contents.takeRatio()]);
    }
    const { here } = this.#resolved;
    if (here && this.#processors) {
      const busyMs = this.#processors.busyMs;
      samples.push([
        "processors utilisation",
        "share",
        (busyMs - this.#windowBusyMs) / (here.cores * elapsedMs),
      ]);
      this.#windowBusyMs = busyMs;
    }
    this.#windows.close(elapsedMs, samples);
    this.#windowSums = sums;
    this.#windowCalls = this.#parts.map(({ number }) => this.#tally.calls[number]?.attempts ?? 0);
    this.#windowEndMs = nowMs;
  }

  #sums(): readonly PartSums[] {
    return this.#parts.map((part) => part.sums(this.simulation.nowMs));
  }
}

function difference(now: PartSums | undefined, before: PartSums | undefined): PartSums {
  const of = (name: keyof PartSums) => (now?.[name] ?? 0) - (before?.[name] ?? 0);
  return {
    busyMs: of("busyMs"),
    waitingMs: of("waitingMs"),
    thereMs: of("thereMs"),
    placesMs: of("placesMs"),
    begun: of("begun"),
    waitedMs: of("waitedMs"),
    refused: of("refused"),
    shed: of("shed"),
  };
}

function percentilesOf(latencies: Histogram | undefined): LatencyPercentiles {
  const { mean = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0, p999 = 0 } = latencies?.summary() ?? {};
  return { mean, p50, p90, p95, p99, p999 };
}
