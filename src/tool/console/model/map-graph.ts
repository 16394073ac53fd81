import type { Figures } from "../../control-api/index.ts";
import type { EdgeModel } from "../../design/edge-model.ts";
import { fallbackOf, targetsOf, targetsOfEdge } from "../../design/edge-targets.ts";
import type { PartKind, PartModel, SystemModel } from "../../design/model.ts";

/** Stands for all who come from outside. No part can have this name. */
export const CLIENTS = "(clients)";

/** A part as the map shows it. `unknown` is who only telemetry speaks of. */
export interface MapPart {
  readonly name: string;
  readonly kind: PartKind | "clients" | "unknown";
  /** Outside Trestle: nothing is run for it. */
  readonly external: boolean;
}

/** Why a link is there. */
export type LinkReason = "clients" | "route" | "mirror" | "fallback" | "uses" | "measured";

export interface MapLink {
  readonly from: string;
  readonly to: string;
  /** `measured` is in no design: figures alone tell of it. */
  readonly reason: LinkReason;
}

export interface MapGraph {
  readonly parts: readonly MapPart[];
  readonly links: readonly MapLink[];
}

/** Names that only figures speak of, at most: whoever sends telemetry chooses its own name. */
const UNKNOWN_MAX = 20;

/**
 * What the map draws: the design's parts and how they use each other, those who come from outside in front of what nobody else uses, and
 * links that were measured though no design has them. Pure.
 */
export function mapGraph(design: SystemModel, figures: Pick<Figures, "links"> | undefined): MapGraph {
  const links = new Map<string, MapLink>();
  const add = (from: string, to: string, reason: LinkReason) => {
    const key = linkKey(from, to);
    if (from !== to && !links.has(key)) links.set(key, { from, to, reason });
  };
  for (const part of design.parts) addUses(part, add);
  const parts = new Map<string, MapPart>(
    design.parts.map((part) => [part.name, { name: part.name, kind: part.kind, external: isExternal(part) }]),
  );
  for (const door of doorsOf(design.parts, [...links.values()])) add(CLIENTS, door, "clients");
  let unknown = 0;
  for (const { from, to } of figures?.links ?? []) {
    const strangers = [from, to].filter((name) => !parts.has(name));
    if (unknown + strangers.length > UNKNOWN_MAX) continue;
    for (const name of strangers) parts.set(name, { name, kind: "unknown", external: true });
    unknown += strangers.length;
    add(from, to, "measured");
  }
  const clients: MapPart = { name: CLIENTS, kind: "clients", external: true };
  return { parts: [clients, ...parts.values()], links: [...links.values()] };
}

/** Names a link among others; names of parts have no line break. */
export function linkKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** Parts that keep something: they stand at the end of the map. */
export function isStore(kind: MapPart["kind"]): boolean {
  return kind !== "service" && kind !== "edge" && kind !== "task" && kind !== "clients" && kind !== "unknown";
}

/** Tells graphs apart whose drawings differ. */
export function graphKey(graph: MapGraph): string {
  const parts = graph.parts.map((part) => `${part.name}\t${part.kind}\t${part.external}`);
  return [...parts, ...graph.links.map(({ from, to }) => linkKey(from, to))].join("\f");
}

/** Those on whose side a link ends, and those from whom one begins, the map's neighbours of a part. */
export function neighboursOf(
  graph: MapGraph,
  name: string,
): { readonly before: string[]; readonly after: string[] } {
  return {
    before: graph.links.filter((link) => link.to === name).map((link) => link.from),
    after: graph.links.filter((link) => link.from === name).map((link) => link.to),
  };
}

function isExternal(part: PartModel): boolean {
  return "url" in part && part.url !== undefined;
}

type Add = (from: string, to: string, reason: LinkReason) => void;

function addUses(part: PartModel, add: Add): void {
  if (part.kind === "edge") {
    const mirrored = mirrorsOf(part);
    for (const to of targetsOfEdge(part)) add(part.name, to, mirrored.has(to) ? "mirror" : "route");
  }
  if ("uses" in part) for (const to of Object.values(part.uses)) add(part.name, to, "uses");
  const fallback = part.kind === "service" ? fallbackOf(part) : undefined;
  if (fallback !== undefined) add(part.name, fallback, "fallback");
}

/** Parts that an edge sends copies to and nothing else. */
function mirrorsOf(edge: EdgeModel): Set<string> {
  const routes = edge.listeners.flatMap((listener) => (listener.kind === "http" ? listener.routes : []));
  const shared = new Set(routes.flatMap(({ mirror: _, ...route }) => targetsOf(route)));
  const copied = routes.flatMap((route) => (route.mirror ? [route.mirror.to] : []));
  return new Set(copied.filter((name) => !shared.has(name)));
}

/** Where those from outside come in: edges that no part uses; where there is none, services that no part uses. */
function doorsOf(parts: readonly PartModel[], links: readonly MapLink[]): string[] {
  const used = new Set(links.map((link) => link.to));
  for (const kind of ["edge", "service"] as const) {
    const doors = parts.filter((part) => part.kind === kind && !used.has(part.name) && !isExternal(part));
    if (doors.length > 0) return doors.map((part) => part.name);
  }
  return [];
}
