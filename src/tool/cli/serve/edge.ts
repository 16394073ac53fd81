import { join, resolve } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { systemRandom } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../../../engines/edge/index.ts";
import { FileWatch } from "../../../engines/edge/tls/file-watch.ts";
import { bindSocket, portOf } from "../../../engines/edge/workers/bound-socket.ts";
import { ReceivedSockets } from "../../../engines/edge/workers/held-sockets.ts";
import type { Serving } from "../../../engines/edge/workers/serving.ts";
import { startServing } from "../../../engines/edge/workers/start.ts";
import { CliError } from "../errors.ts";
import type { Terminal } from "../terminal.ts";
import { addressesOf, triesOf } from "./edge-addresses.ts";
import { edgeConfigOf } from "./edge-config.ts";
import { readEdgeFile } from "./edge-file.ts";
import { tell } from "./edge-news.ts";
import { runEngine, type Served } from "./run-engine.ts";

export interface ServeEdgeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly to: readonly string[];
  readonly routes: readonly string[];
  readonly health?: string;
  /** A folder for the authority; `true`: `.trestle/authority`. */
  readonly tls?: string | true;
  /** A file that says all of that, and the rest. */
  readonly config?: string;
  /** Reads the file again when it changes. */
  readonly watch: boolean;
  readonly workers?: number;
  readonly json: boolean;
}

const AUTHORITY_FOLDER = join(".trestle", "authority");
/** How often the file is looked at; a change is taken up after one to two of these. */
const WATCH_PERIOD_MS = 250;

/** Runs an edge alone, in front of servers that run elsewhere. */
export function serveEdge(options: ServeEdgeOptions, terminal: Terminal): Promise<number> {
  return runEngine(() => start(options, terminal), options, terminal);
}

async function start(options: ServeEdgeOptions, terminal: Terminal): Promise<Served> {
  checkTogether(options);
  const { config: path } = options;
  const read = async (): Promise<EdgeConfig> => {
    const { workers } = options;
    if (path === undefined) return quickConfig(options, terminal);
    const config = await readEdgeFile(path, terminal);
    return workers === undefined ? config : { ...config, workers };
  };
  const config = await read();
  const { serving, ports } = await serve(config, options, terminal);
  const reload = path === undefined ? undefined : reloader(serving, path, read, options, terminal);
  let unwatch: (() => void) | undefined;
  if (path !== undefined && options.watch && reload) {
    const watch = new FileWatch(terminal.clock, WATCH_PERIOD_MS);
    unwatch = await watch.add([resolve(terminal.folder, path)], reload);
  }
  const addresses = addressesOf(config, ports, serving.adminPort);
  const close = async () => {
    unwatch?.();
    await serving.close();
  };
  return {
    engine: { close },
    name: "edge",
    url: addresses[0]?.url ?? "",
    addresses,
    tries: triesOf(config, addresses),
    left: serving.left,
    ...(reload ? { reload } : {}),
  };
}

function checkTogether({ config, watch, ...options }: ServeEdgeOptions): void {
  if (config === undefined) {
    if (watch) throw new CliError("BAD_ARGUMENT", "--watch needs a file to look at: --config FILE");
    return;
  }
  const { host, port, to, routes, health, tls } = options;
  const said = Object.entries({ host, port, to: to[0], route: routes[0], health, tls }).find(
    ([, value]) => value !== undefined,
  );
  if (said) {
    throw new CliError("BAD_ARGUMENT", `--${said[0]} does not go with --config: write it into the file`);
  }
}

function quickConfig(options: ServeEdgeOptions, { folder }: Terminal): EdgeConfig {
  const { host = "127.0.0.1", port = 8080, to, routes, health, tls, workers } = options;
  const authority = tls === undefined ? undefined : resolve(folder, tls === true ? AUTHORITY_FOLDER : tls);
  return edgeConfigOf({
    host,
    port,
    to,
    routes,
    ...(health === undefined ? {} : { health }),
    ...(authority === undefined ? {} : { authorityFolder: authority }),
    ...(workers === undefined ? {} : { workers }),
  });
}

/** Starts the edge, and finds out the ports that the system chose. */
async function serve(
  config: EdgeConfig,
  { json }: ServeEdgeOptions,
  terminal: Terminal,
): Promise<{ readonly serving: Serving; readonly ports: readonly number[] }> {
  const sockets = new ReceivedSockets();
  const ports: number[] = [];
  try {
    for (const { kind, host, port } of config.listeners) {
      if (port > 0) {
        ports.push(port);
        continue;
      }
      const transport = kind === "udp" ? "udp" : "tcp";
      const handle = await bindSocket(transport, host, port);
      sockets.take({ type: "socket", transport, host, port }, handle);
      ports.push(portOf(handle));
    }
    const { clock } = terminal;
    const serving = await startServing(
      { config },
      { clock, random: systemRandom, sockets, report: (event) => tell(event, { json }, terminal) },
    );
    return { serving, ports };
  } catch (thrown) {
    sockets.close();
    throw thrown;
  }
}

/** Reads the configuration again and puts it in force, all or nothing; wishes that come meanwhile are one. */
function reloader(
  serving: Serving,
  path: string,
  read: () => Promise<EdgeConfig>,
  options: ServeEdgeOptions,
  terminal: Terminal,
): () => void {
  let asked = false;
  let isBusy = false;
  const once = async () => {
    try {
      const config = await read();
      await new Promise<void>((resolve, reject) => {
        // What it removes drains beside the next change.
        serving.update(config, { sockets: new ReceivedSockets(), onApplied: resolve }).catch(reject);
      });
      await serving.reopenLog();
      tell({ type: "reloaded", file: path }, options, terminal);
    } catch (thrown) {
      const error = { code: codeOf(thrown) ?? "UNFORESEEN", message: messageOf(thrown) };
      tell({ type: "refused", file: path, error }, options, terminal);
    }
  };
  const all = async () => {
    isBusy = true;
    while (asked) {
      asked = false;
      await once();
    }
    isBusy = false;
  };
  return () => {
    asked = true;
    if (!isBusy) void all();
  };
}
