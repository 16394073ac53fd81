import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** How wrk drives a server. */
export interface WrkOptions {
  /** The server: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** A file of paths, one per line, asked for in this order. */
  readonly paths: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests offered per second; without it, each connection asks again as soon as it is answered. */
  readonly ratePerSecond?: number;
  /** When they fall due: at even intervals, which is the default, or at random as those of many people. */
  readonly arrivals?: "even" | "poisson";
}

/** What wrk saw. */
export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Connections, reads, writes and waits that failed, and statuses from 400 on. */
  readonly failed: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
}

/**
 * One run of wrk on one thread. wrk measures a request from when it sends it. At a given rate it sends when a request
 * falls due and a connection is free, so take far more connections than are busy at a time.
 */
export async function runWrk(options: WrkOptions): Promise<WrkResult> {
  const { url, paths, connections, seconds, ratePerSecond = 0, arrivals = "even" } = options;
  const script = join(import.meta.dirname, "paths.lua");
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "5s", "-s", script, url];
  const wrk = spawn("wrk", [...args, "--", paths, String(ratePerSecond), arrivals], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  wrk.stdout.on("data", (chunk) => output.push(String(chunk)));
  wrk.stderr.on("data", (chunk) => output.push(String(chunk)));
  const [status] = await once(wrk, "close").catch((thrown: unknown) => {
    throw new Error("wrk cannot be started; `apt-get install wrk`", { cause: thrown });
  });
  if (status !== 0) throw new Error(`wrk ended with ${status}:\n${output.join("")}`);
  return parseWrk(output.join(""));
}

/** Reads the line of JSON that `paths.lua` writes at the end. Throws when there is none. */
export function parseWrk(output: string): WrkResult {
  const line = output.split("\n").findLast((one) => one.startsWith("{"));
  if (line === undefined) throw new Error(`wrk gave no figures:\n${output}`);
  const figures = numbersOf(JSON.parse(line));
  const figure = (name: string): number => {
    const value = figures[name];
    if (value === undefined) throw new Error(`wrk gave no ${name}: ${line}`);
    return value;
  };
  return {
    requests: figure("requests"),
    perSecond: figure("requests") / (figure("durationUs") / 1e6),
    failed: figure("failed"),
    latencyMs: {
      p50: figure("p50Us") / 1000,
      p90: figure("p90Us") / 1000,
      p99: figure("p99Us") / 1000,
      max: figure("maxUs") / 1000,
    },
  };
}

function numbersOf(value: unknown): Record<string, number> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === "number"));
}
