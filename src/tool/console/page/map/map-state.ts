import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { layoutMap, type MapLayout } from "../../../../blocks/drawing/index.ts";
import type { LinkFigures, Mark, PartSnapshot, RequestFigures } from "../../../control-api/index.ts";
import {
  BOX_WIDTH,
  BOX_WIDTH_NARROW,
  boxHeight,
  LABEL_SIZE,
  LABEL_SIZE_NARROW,
} from "../../model/map-boxes.ts";
import { CLIENTS, graphKey, isStore, type MapGraph, mapGraph } from "../../model/map-graph.ts";
import { openFaults, slowBoundMs } from "../../model/map-signs.ts";
import type { MapPlace } from "../../model/map-walk.ts";
import { nowMs } from "../state/clock.ts";
import { design, figures, linkFigures, marks, partFigures, requirements, system } from "../state/live.ts";

/** Whether the drawing goes from top to bottom in narrow boxes, as a phone wants it. */
export const isNarrow = signal(false);

/** Where the keyboard is on the map. */
export const place = signal<MapPlace | undefined>(undefined);

/** What is looked at, by the pointer or the keyboard: a part by name, or a link by its key. */
export const lookedAt = signal<string | undefined>(undefined);

/** What the map draws; the same object for as long as nothing of it changes. */
export const graph: ReadonlySignal<MapGraph | undefined> = keptBy(
  () => (design.value ? mapGraph(design.value, figures.value) : undefined),
  (next) => (next ? graphKey(next) : ""),
);

/** Lines of own figures that a part ever had: a figure that comes and goes moves nothing. */
const ownMost = new Map<string, number>();

const heights: ReadonlySignal<ReadonlyMap<string, number>> = keptBy(
  () => {
    const now = new Map((figures.value?.parts ?? []).map((part) => [part.name, part]));
    const snapshots = new Map((system.value?.parts ?? []).map((part) => [part.name, part]));
    return new Map(
      (graph.value?.parts ?? []).map(({ name, kind, external }) => {
        const own = kind === "clients" ? requirements.value.length : (now.get(name)?.own.length ?? 0);
        ownMost.set(name, Math.max(ownMost.get(name) ?? 0, own));
        const replicas = (now.get(name) ?? snapshots.get(name))?.replicas.length ?? 0;
        return [name, boxHeight(kind, external, { own: ownMost.get(name) ?? 0, replicas })];
      }),
    );
  },
  (next) => [...next].join(),
);

/** Drawings so far, by direction: the next one stays like them. */
const before = new Map<boolean, MapLayout>();

/** Where everything stands. */
export const layout: ReadonlySignal<MapLayout | undefined> = computed(() => {
  const drawn = graph.value;
  if (!drawn) return undefined;
  const narrow = isNarrow.value;
  const earlier = before.get(narrow);
  const next = layoutMap(
    drawn.parts.map((part) => ({
      name: part.name,
      width: narrow ? BOX_WIDTH_NARROW : BOX_WIDTH,
      height: heights.value.get(part.name) ?? 60,
      wish: part.name === CLIENTS ? "first" : isStore(part.kind) ? "last" : undefined,
    })),
    drawn.links,
    {
      direction: narrow ? "down" : "right",
      label: narrow ? LABEL_SIZE_NARROW : LABEL_SIZE,
      ...(earlier ? { before: earlier } : {}),
    },
  );
  before.set(narrow, next);
  return next;
});

/** Faults that are in force now. */
export const faults: ReadonlySignal<readonly Mark[]> = keptBy(
  () => openFaults(marks.value, nowMs.value),
  (next) => next.map((mark) => mark.id).join(),
);

/** The bound on the system's 99th percentile, where there is one. */
export const slowMs: ReadonlySignal<number | undefined> = computed(() => slowBoundMs(requirements.value));

/** A part as the supervisor sees it. */
export function snapshotOf(name: string): PartSnapshot | undefined {
  return system.value?.parts.find((part) => part.name === name);
}

/** What goes over a link. What comes from outside is what its part was asked in all. */
export function requestsOf(from: string, to: string): RequestFigures | undefined {
  return from === CLIENTS ? partFigures(to).value?.requests : linkFigures(from, to).value?.requests;
}

/** The figures of a link, with those of clients made from what the edge was asked. */
export function figuresOf(from: string, to: string): LinkFigures | undefined {
  if (from !== CLIENTS) return linkFigures(from, to).value;
  const requests = partFigures(to).value?.requests;
  return { from, to, ...(requests ? { requests: { ...requests, source: "edge" } } : {}) };
}

/** What all clients together ask: rates added up, the worst percentile, failures by their share of all. */
export function clientRequests(): RequestFigures | undefined {
  const doors = (graph.value?.links ?? []).filter((link) => link.from === CLIENTS);
  const all = doors.flatMap(({ to }) => partFigures(to).value?.requests ?? []);
  if (all.length === 0) return undefined;
  const perSecond = all.reduce((sum, one) => sum + one.perSecond, 0);
  const failed = all.reduce((sum, one) => sum + one.perSecond * one.errorShare, 0);
  const p99s = all.flatMap((one) => one.p99Ms ?? []);
  return {
    perSecond,
    errorShare: perSecond > 0 ? failed / perSecond : 0,
    ...(p99s.length > 0 ? { p99Ms: Math.max(...p99s) } : {}),
  };
}

/** A computed value that stays the same object while its key does. */
function keptBy<T>(make: () => T, keyOf: (value: T) => string): ReadonlySignal<T> {
  let kept: { readonly key: string; readonly value: T } | undefined;
  return computed(() => {
    const value = make();
    const key = keyOf(value);
    if (kept?.key !== key) kept = { key, value };
    return kept.value;
  });
}
