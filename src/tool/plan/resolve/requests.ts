import { targetsOfEdge } from "../../design/edge-targets.ts";
import type { UsesModel } from "../../design/model.ts";
import type { RequestClassModel } from "../../design/plan-model.ts";
import { defaultOf } from "../defaults/index.ts";
import type { Source } from "../figure.ts";
import { given, type Passed, type Resolution } from "./resolution.ts";
import type { Asked } from "./ways.ts";

/** A class of requests that come in: what is asked for, and its share of all. */
export interface IncomingClass
  extends Asked,
    Pick<RequestClassModel, "requestBytes" | "responseBytes" | "keys"> {
  /** 0 to 1; all together 1. */
  readonly share: number;
  readonly source: Source;
}

/**
 * The classes of requests of a design: those that it states, else one that reads and one that writes for each part at which requests may
 * come in. Pure.
 */
export function classesOf(resolution: Resolution): readonly IncomingClass[] {
  const stated = resolution.model.requests;
  if (stated !== undefined && stated.length > 0)
    return stated.map((one) => ({ ...one, source: given(`requests.${one.name}`) }));
  return usualClasses(resolution);
}

function usualClasses(resolution: Resolution): readonly IncomingClass[] {
  const { traffic } = resolution.model.requires;
  const usual = defaultOf("traffic.reads");
  const reads = traffic?.reads ?? usual.value;
  const source = traffic?.reads === undefined ? usual.source : given("requires.traffic.reads");
  if (traffic?.reads === undefined)
    resolution.assume(`Nothing says how many requests only read: ${reads * 100} % are taken to.`);
  const entries = entriesOf(resolution);
  if (entries.length > 1)
    resolution.assume(
      `Nothing says what is asked for: ${entries.map(entryText).join(", ")} are taken to be asked alike.`,
    );
  const names = new Set<string>();
  return entries.flatMap((entry) =>
    (["read", "write"] as const).flatMap((kind): IncomingClass[] => {
      const share = (kind === "read" ? reads : 1 - reads) / entries.length;
      if (share === 0) return [];
      const name = uniqueName(entries.length > 1 ? `${kind}-${entry.target ?? entry.to}` : kind, names);
      const method = kind === "read" ? "GET" : "POST";
      return [{ ...entry, name, kind, share, method, path: "/", source }];
    }),
  );
}

/** Where requests come in, and the part behind an edge that they are for. */
type Entry = Pick<Asked, "to" | "target">;

function entryText({ to, target }: Entry): string {
  return target === undefined ? to : `${target} (by ${to})`;
}

/**
 * The edges that no part of the design uses, with each part that they lead to; where there are none, the services that nobody uses, and so on:
 * at the least the part that comes last, since something has to be asked.
 */
function entriesOf({ parts }: Resolution): readonly Entry[] {
  const used = new Set(parts.flatMap((part) => [...calledBy(part)]));
  const choices: readonly ((part: Passed) => boolean)[] = [
    ({ name, kind, url }) => kind === "edge" && url === undefined && !used.has(name),
    ({ kind, url }) => kind === "edge" && url === undefined,
    ({ name, kind, url }) => kind === "service" && url === undefined && !used.has(name),
    ({ name }) => !used.has(name),
  ];
  for (const choice of choices) {
    const found = parts.filter(choice);
    if (found.length > 0) return found.flatMap(entriesAt);
  }
  return parts.slice(-1).flatMap(entriesAt);
}

function entriesAt(part: Passed): readonly Entry[] {
  const targets = part.kind === "edge" ? mainTargets(part) : [];
  return targets.length > 0 ? targets.map((target) => ({ to: part.name, target })) : [{ to: part.name }];
}

/** The first part that each route leads to: those beside it get their share of the same requests. */
function mainTargets(edge: Extract<Passed, { kind: "edge" }>): readonly string[] {
  const routed = edge.listeners.flatMap((listener) =>
    listener.kind === "http"
      ? listener.routes.flatMap(({ to }) => (typeof to === "string" ? to : (to?.[0]?.to ?? [])))
      : targetsOfEdge({ listeners: [listener] }),
  );
  return [...new Set(routed)];
}

function calledBy(part: Passed): Iterable<string> {
  if (part.kind === "edge") return targetsOfEdge(part);
  return part.kind === "service" ? Object.values<UsesModel[string]>(part.uses) : [];
}

function uniqueName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let number = 2; names.has(name); number++) name = `${wanted}-${number}`;
  names.add(name);
  return name;
}
