import type { Box, LinkDrawing, MapLayout } from "../../../blocks/drawing/index.ts";

/** What has the focus on the map: a part, or a link by its two ends. Pure. */
export type MapPlace = { readonly part: string } | { readonly from: string; readonly to: string };

/** `onward` follows links, `back` goes against them; `before` and `after` stay among those side by side. */
export type Step = "onward" | "back" | "before" | "after";

/**
 * Where an arrow key leads: along a link from its part to the link itself and from there to the other part; sideways to the next part of the
 * layer, or to the next link that leaves the same part. Undefined where there is nothing more.
 */
export function walk(layout: MapLayout, place: MapPlace, step: Step, isDown: boolean): MapPlace | undefined {
  const across = (point: { readonly x: number; readonly y: number }) => (isDown ? point.x : point.y);
  if ("part" in place) {
    const box = layout.boxes.get(place.part);
    if (!box) return undefined;
    if (step === "before" || step === "after") return sideways(layout, box, step);
    const side = layout.links.filter((link) => (step === "onward" ? link.from : link.to) === place.part);
    const middle = across({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const nearest = closest(side, (link) => Math.abs(across(link.label) - middle));
    return nearest && { from: nearest.from, to: nearest.to };
  }
  if (step === "onward") return { part: place.to };
  if (step === "back") return { part: place.from };
  const siblings = layout.links
    .filter((link) => link.from === place.from)
    .sort((one, other) => across(one.label) - across(other.label));
  const at = siblings.findIndex((link) => link.to === place.to);
  const next = siblings[at + (step === "after" ? 1 : -1)];
  return next && { from: next.from, to: next.to };
}

/** The part at which a walk begins: the first of the first layer. */
export function firstPart(layout: MapLayout): string | undefined {
  return [...layout.boxes].find(([, box]) => box.layer === 0 && box.place === 0)?.[0];
}

/** The step that an arrow key means in a drawing of this direction. */
export function stepOfKey(key: string, isDown: boolean): Step | undefined {
  const steps: Readonly<Record<string, Step>> = isDown
    ? { ArrowDown: "onward", ArrowUp: "back", ArrowLeft: "before", ArrowRight: "after" }
    : { ArrowRight: "onward", ArrowLeft: "back", ArrowUp: "before", ArrowDown: "after" };
  return Object.hasOwn(steps, key) ? steps[key] : undefined;
}

/** Beyond the ends of a layer the walk goes on in the neighbouring one, so that every part can be reached. */
function sideways(layout: MapLayout, box: Box, step: "before" | "after"): MapPlace | undefined {
  const all = [...layout.boxes].sort(
    ([, one], [, other]) => one.layer - other.layer || one.place - other.place,
  );
  const at = all.findIndex(([, one]) => one === box);
  const next = all[at + (step === "after" ? 1 : -1)];
  return next && { part: next[0] };
}

function closest(
  links: readonly LinkDrawing[],
  distance: (link: LinkDrawing) => number,
): LinkDrawing | undefined {
  let best: LinkDrawing | undefined;
  for (const link of links) if (!best || distance(link) < distance(best)) best = link;
  return best;
}
