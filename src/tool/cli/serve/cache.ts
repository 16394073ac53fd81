import { randomBytes } from "node:crypto";
import { startCache } from "../../../engines/cache/index.ts";
import type { Terminal } from "../terminal.ts";
import { bytesOf } from "./bytes.ts";
import { runEngine, type Served } from "./run-engine.ts";
import { urlHost } from "./url-host.ts";

export interface ServeCacheOptions {
  readonly host: string;
  readonly port: number;
  /** With its unit: `64 MiB`. */
  readonly memory: string;
  /** `true`: one is made up. Absent: `TRESTLE_PASSWORD`, or none. */
  readonly password?: string | true;
  readonly json: boolean;
}

/** Runs a cache alone. */
export function serveCache(options: ServeCacheOptions, terminal: Terminal): Promise<number> {
  return runEngine(() => start(options, terminal), options, terminal);
}

async function start(options: ServeCacheOptions, terminal: Terminal): Promise<Served> {
  const { host, port, memory } = options;
  const given = options.password ?? (terminal.environment.TRESTLE_PASSWORD || undefined);
  const password = given === true ? randomBytes(18).toString("base64url") : given;
  const engine = await startCache({
    host,
    port,
    memoryBytes: bytesOf(memory, "--memory"),
    ...(password === undefined ? {} : { password }),
  });
  const login = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  const url = `redis://${login}${urlHost(host)}:${engine.port}`;
  return { engine, name: "cache", url, tries: [`redis-cli -u ${url} ping`] };
}
