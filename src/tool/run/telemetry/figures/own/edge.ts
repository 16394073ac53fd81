import type { OwnFigure } from "../../../../control-api/index.ts";
import type { EdgeModel } from "../../../../design/edge-model.ts";
import { reported, WINDOW_MS } from "../windows.ts";
import type { OwnSources } from "./own-sources.ts";

/** Of an edge: open connections of clients, attempts that it had to repeat, and replicas that it has put out. */
export function edgeFigures({ model, reader, nowMs }: OwnSources<EdgeModel>): OwnFigure[] {
  const part = model.name;
  const retriesOf = { name: "trestle.edge.upstream.retries", part };
  const { fromMs, toMs } = reported(reader, retriesOf, nowMs, WINDOW_MS);
  const connections = reader.last({ name: "trestle.edge.connections.active", part });
  const retries = reader.increase(retriesOf, fromMs, toMs);
  const known = reader.lastBy({ name: `${ENDPOINTS}.known`, part }, "trestle.peer");
  const usable = reader.lastBy({ name: `${ENDPOINTS}.usable`, part }, "trestle.peer");
  const ejected = reader.last({ name: `${ENDPOINTS}.ejected`, part }) ?? 0;

  const figures: OwnFigure[] = [];
  if (connections !== undefined) figures.push({ label: "connections", value: connections, unit: "count" });
  if (retries > 0) {
    figures.push({
      label: "retries",
      value: (retries * 1_000) / WINDOW_MS,
      unit: "per-second",
      level: "warn",
      why: "attempts failed, and were made again elsewhere",
    });
  }
  const without = [...known].flatMap(([peer, count]) => (count > 0 && usable.get(peer) === 0 ? [peer] : []));
  if (without.length > 0) {
    const why = `no replica of ${without.join(", ")} can be used`;
    figures.push({ label: "put out", value: ejected, unit: "count", level: "bad", why });
  } else if (ejected > 0) {
    const why = "replicas that failed requests get none for a while";
    figures.push({ label: "put out", value: ejected, unit: "count", level: "warn", why });
  }
  return figures;
}

const ENDPOINTS = "trestle.edge.upstream.endpoints";
