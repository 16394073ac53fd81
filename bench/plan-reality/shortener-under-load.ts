import { dirname, join } from "node:path";
import type { SystemSnapshot } from "../../src/tool/control-api/index.ts";
import { loadDesign } from "../../src/tool/design/index.ts";
import type { SystemModel } from "../../src/tool/design/model.ts";
import { runWrk, type WrkResult } from "../load/wrk.ts";
import { cpuUsOf } from "../machine/cpu.ts";
import { freePort } from "../machine/free-port.ts";
import { cpuUsOfKind, RunningSystem } from "../machine/running-system.ts";
import { copyOfDesign } from "../shortener/design-copy.ts";
import { makeLinks, writePaths } from "../shortener/links.ts";

/** As many as are asked at once, to see what it can do at most. */
const CONNECTIONS_AT_MOST = 64;
/** At a rate: enough that one is free whenever a request falls due. */
const CONNECTIONS_AT_RATE = 256;

/** One run at one load. */
export interface Reading {
  readonly wrk: WrkResult;
  /** Processor time per redirect, in milliseconds, by where it was spent. `rest`: the supervisor. */
  readonly cpuMs: Readonly<Record<"edge" | "service" | "cache" | "database" | "load" | "rest", number>>;
}

/** The shortener, running with links of its own, and redirects of them. */
export class ShortenerUnderLoad {
  readonly model: SystemModel;
  readonly #system: RunningSystem;
  readonly #snapshot: SystemSnapshot;
  readonly #url: string;
  readonly #paths: string;
  readonly #seconds: number;

  private constructor(
    model: SystemModel,
    system: RunningSystem,
    snapshot: SystemSnapshot,
    where: { readonly url: string; readonly paths: string; readonly seconds: number },
  ) {
    this.model = model;
    this.#system = system;
    this.#snapshot = snapshot;
    this.#url = where.url;
    this.#paths = where.paths;
    this.#seconds = where.seconds;
  }

  static async start({ links, seconds }: { readonly links: number; readonly seconds: number }) {
    const port = await freePort();
    const file = copyOfDesign({ name: "plan-reality", port });
    const { model } = await loadDesign(file, { environment: {} });
    const system = await RunningSystem.start(file);
    const url = `http://127.0.0.1:${port}`;
    const paths = join(dirname(file), "paths.txt");
    writePaths(paths, await makeLinks(url, links));
    return new ShortenerUnderLoad(model, system, await system.snapshot(), { url, paths, seconds });
  }

  /** Each connection asks again as soon as it is answered. */
  most(): Promise<Reading> {
    return this.#run({ connections: CONNECTIONS_AT_MOST });
  }

  /** Requests at random times. */
  atRate(ratePerSecond: number): Promise<Reading> {
    return this.#run({ connections: CONNECTIONS_AT_RATE, ratePerSecond, arrivals: "poisson" });
  }

  async #run(load: {
    readonly connections: number;
    readonly ratePerSecond?: number;
    readonly arrivals?: "poisson";
  }): Promise<Reading> {
    const before = this.#used();
    const wrk = await runWrk({ url: this.#url, paths: this.#paths, seconds: this.#seconds, ...load });
    const after = this.#used();
    const each = (of: keyof typeof before) => (after[of] - before[of]) / wrk.requests / 1_000;
    const parts = {
      edge: each("edge"),
      service: each("service"),
      cache: each("cache"),
      database: each("database"),
    };
    const rest = each("supervised") - parts.edge - parts.service - parts.cache - parts.database;
    return { wrk, cpuMs: { ...parts, rest, load: each("all") - each("supervised") } };
  }

  /** Microseconds so far; `all` are this process, the supervisor and what it runs, and every wrk that has ended. */
  #used() {
    const kind = (of: Parameters<typeof cpuUsOfKind>[1]) => cpuUsOfKind(this.#snapshot, of);
    return {
      edge: kind("edge"),
      service: kind("service"),
      cache: kind("cache"),
      database: kind("database"),
      supervised: cpuUsOf(this.#system.pid),
      all: cpuUsOf(process.pid),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#system.close();
  }
}
