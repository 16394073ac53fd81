import { startEdge } from "../../../engines/edge/index.ts";
import type { Terminal } from "../terminal.ts";
import { edgeConfigOf, type ServeEdgeOptions } from "./edge-config.ts";
import { runEngine, type Served } from "./run-engine.ts";
import { urlHost } from "./url-host.ts";

/** Runs an edge alone, in front of servers that run elsewhere. */
export function serveEdge(options: ServeEdgeOptions, terminal: Terminal): Promise<number> {
  return runEngine(() => start(options), options, terminal);
}

async function start(options: ServeEdgeOptions): Promise<Served> {
  const config = edgeConfigOf(options);
  const engine = await startEdge(config);
  const url = `http://${urlHost(options.host)}:${engine.port}`;
  const path = config.listeners[0]?.routes[0]?.path.replace(/\*$/, "") ?? "/";
  return { engine, name: "edge", url, tries: [`curl -i ${url}${path}`] };
}
