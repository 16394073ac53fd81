import { useSignalEffect } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MapLayout } from "../../../../blocks/drawing/index.ts";
import { LABEL_SIZE, LABEL_SIZE_NARROW } from "../../model/map-boxes.ts";
import { linkKey, type MapGraph, type MapLink, neighboursOf } from "../../model/map-graph.ts";
import { firstPart, type MapPlace, stepOfKey, walk } from "../../model/map-walk.ts";
import { Button } from "../ui/button.tsx";
import { ClientsBox } from "./clients-box.tsx";
import { HoverCard } from "./hover-card.tsx";
import { LinkLabel, LinkLine } from "./link-drawing.tsx";
import { MapLegend } from "./map-legend.tsx";
import { graph, isNarrow, layout, lookedAt, place } from "./map-state.ts";
import { PartBox } from "./part-box.tsx";
import { useFlow } from "./use-flow.ts";
import { useViewport, type ViewportControl } from "./use-viewport.ts";

const ZOOM_STEP = 1.25;
/** With more links than these only those that are looked at move. */
const MOVING_MAX = 30;

/** The drawing: boxes and labels over lines, which can be moved, made larger, and walked through by the arrow keys. */
export function MapCanvas({
  selected,
  onSelect,
  onLeave,
}: {
  /** The key of the link that is looked into. */
  readonly selected: string | undefined;
  readonly onSelect: (link: MapLink) => void;
  /** Esc. */
  readonly onLeave: () => void;
}): JSX.Element {
  const drawn = graph.value;
  const placed = layout.value;
  const viewport = useViewport(placed, placed && middleOfFirst(placed));
  const [hasLegend, setLegend] = useState(false);
  const isCalm = (placed?.links.length ?? 0) > MOVING_MAX;
  useDirection(viewport);
  useLights(viewport);
  const lines = useRef<SVGSVGElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !placed) return;
    if (handle(event.key, placed, viewport, onLeave)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div class="map-canvas">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the parts and links in it have the focus; the keys move it among them. */}
      <div
        class={`map-frame${isCalm ? " map-calm" : ""}`}
        ref={viewport.frame}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => focused(event, viewport)}
        onFocusOut={() => {
          lookedAt.value = undefined;
        }}
        onPointerOver={(event) => {
          if (event.pointerType === "mouse") lookedAt.value = keyOf(event.target);
        }}
        onPointerLeave={() => {
          lookedAt.value = undefined;
        }}
      >
        <div class="map-stage" ref={viewport.stage}>
          {drawn && placed && <Drawing {...{ drawn, placed, lines, isCalm, selected, onSelect }} />}
        </div>
        <HoverCard viewport={viewport} />
      </div>
      <div class="map-tools">
        <Button look="quiet" icon="plus" label="Larger" keys="+" onClick={() => viewport.zoom(ZOOM_STEP)} />
        <Button
          look="quiet"
          icon="minus"
          label="Smaller"
          keys="-"
          onClick={() => viewport.zoom(1 / ZOOM_STEP)}
        />
        <Button look="quiet" icon="scale" label="Show all of it" keys="0" onClick={viewport.fit} />
        <Button
          look="quiet"
          icon="help"
          label="What the signs mean"
          expanded={hasLegend}
          onClick={() => setLegend(!hasLegend)}
        />
      </div>
      {hasLegend && <MapLegend onClose={() => setLegend(false)} />}
    </div>
  );
}

function Drawing({
  drawn,
  placed,
  lines,
  isCalm,
  selected,
  onSelect,
}: {
  readonly drawn: MapGraph;
  readonly placed: MapLayout;
  readonly lines: RefObject<SVGSVGElement | null>;
  readonly isCalm: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (link: MapLink) => void;
}): JSX.Element {
  const links = new Map(drawn.links.map((link) => [linkKey(link.from, link.to), link]));
  const drawings = placed.links.flatMap((drawing) => {
    const key = linkKey(drawing.from, drawing.to);
    const link = links.get(key);
    return link ? [{ key, link, drawing }] : [];
  });
  const size = isNarrow.value ? LABEL_SIZE_NARROW : LABEL_SIZE;
  return (
    <>
      <svg class="map-lines" ref={lines} width={placed.width} height={placed.height} aria-hidden="true">
        {drawings.map(({ key, link, drawing }) => (
          <LinkLine key={key} link={link} drawing={drawing} onSelect={onSelect} />
        ))}
      </svg>
      {drawn.parts.map((part) => {
        const box = placed.boxes.get(part.name);
        if (!box) return null;
        return part.kind === "clients" ? (
          <ClientsBox key={part.name} box={box} />
        ) : (
          <PartBox key={part.name} part={part} box={box} />
        );
      })}
      <Flow lines={lines} isCalm={isCalm} />
      {drawings.map(({ key, link, drawing }) => (
        <LinkLabel
          key={key}
          link={link}
          drawing={drawing}
          size={size}
          isSelected={key === selected}
          onSelect={onSelect}
        />
      ))}
    </>
  );
}

/** Where those who ask stand. */
function middleOfFirst(placed: MapLayout): { x: number; y: number } | undefined {
  const box = placed.boxes.get(firstPart(placed) ?? "");
  return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Apart, so that what it follows renders nothing else. */
function Flow(props: { readonly lines: RefObject<SVGSVGElement | null>; readonly isCalm: boolean }): null {
  useFlow(props.lines, props.isCalm);
  return null;
}

function handle(key: string, placed: MapLayout, viewport: ViewportControl, onLeave: () => void): boolean {
  const step = stepOfKey(key, isNarrow.peek());
  if (step) {
    const at = place.peek();
    const first = firstPart(placed);
    const next = at
      ? walk(placed, at, step, isNarrow.peek())
      : first === undefined
        ? undefined
        : { part: first };
    if (next) focusOn(viewport, next);
    return true;
  }
  switch (key) {
    case "+":
    case "=":
      viewport.zoom(ZOOM_STEP);
      return true;
    case "-":
      viewport.zoom(1 / ZOOM_STEP);
      return true;
    case "0":
      viewport.fit();
      return true;
    case "Escape":
      lookedAt.value = undefined;
      onLeave();
      return true;
    default:
      return false;
  }
}

/** Gives the focus to a part or a link; the frame follows. */
export function focusOn(viewport: Pick<ViewportControl, "frame">, next: MapPlace): void {
  const selector =
    "part" in next
      ? `[data-part="${CSS.escape(next.part)}"] .map-name`
      : `.map-label[data-link="${CSS.escape(linkKey(next.from, next.to))}"]`;
  viewport.frame.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
}

/** Remembers where the keyboard is, and brings that into sight. */
function focused(event: FocusEvent, viewport: ViewportControl): void {
  const key = keyOf(event.target);
  if (key === undefined || !(event.target instanceof HTMLElement)) return;
  const [from, to] = key.split("\n");
  place.value = to === undefined ? { part: key } : { from: from ?? "", to };
  // A pointer that gave the focus is there already.
  if (!event.target.matches(":focus-visible")) return;
  lookedAt.value = key;
  const element = event.target.closest<HTMLElement>("[data-part], [data-link]");
  if (!element) return;
  const { offsetLeft: x, offsetTop: y, offsetWidth: width, offsetHeight: height } = element;
  viewport.reveal({ x, y, width, height });
}

function keyOf(target: EventTarget | null): string | undefined {
  const element = target instanceof Element ? target.closest("[data-part], [data-link]") : null;
  return element?.getAttribute("data-part") ?? element?.getAttribute("data-link") ?? undefined;
}

/** A narrow frame draws from top to bottom. */
function useDirection(viewport: ViewportControl): void {
  useEffect(() => {
    const frame = viewport.frame.current;
    if (!frame) return;
    const follow = () => {
      if (frame.clientWidth > 0) isNarrow.value = frame.clientWidth < 640;
    };
    follow();
    const sizes = new ResizeObserver(follow);
    sizes.observe(frame);
    return () => sizes.disconnect();
  }, [viewport]);
  // Where the keyboard begins: nothing has the focus yet, and Tab has to lead to something.
  const placed = layout.value;
  useEffect(() => {
    if (!placed) return;
    const at = place.peek();
    const isThere =
      at !== undefined &&
      ("part" in at
        ? placed.boxes.has(at.part)
        : placed.links.some((link) => link.from === at.from && link.to === at.to));
    const first = firstPart(placed);
    if (!isThere) place.value = first === undefined ? undefined : { part: first };
  }, [placed]);
}

/** Lets what is looked at and its neighbours stand out. Attributes alone change: a pointer that wanders over the map renders nothing. */
function useLights({ frame }: ViewportControl): void {
  const lit = useRef<Element[]>([]);
  useSignalEffect(() => {
    const key = lookedAt.value;
    const root = frame.current;
    const drawn = graph.peek();
    for (const element of lit.current) element.removeAttribute("data-lit");
    lit.current = [];
    if (!root) return;
    root.toggleAttribute("data-looked", key !== undefined);
    if (key === undefined || !drawn) return;
    const keys = new Set(litBy(drawn, key));
    for (const element of root.querySelectorAll("[data-part], [data-link]")) {
      if (!keys.has(keyOf(element) ?? "")) continue;
      element.setAttribute("data-lit", "");
      lit.current.push(element);
    }
  });
}

/** What belongs to a part (its links and those at their other ends) or to a link (its two parts). */
function litBy(drawn: MapGraph, key: string): string[] {
  const [from, to] = key.split("\n");
  if (from !== undefined && to !== undefined) return [key, from, to];
  const { before, after } = neighboursOf(drawn, key);
  return [
    key,
    ...before,
    ...after,
    ...before.map((name) => linkKey(name, key)),
    ...after.map((name) => linkKey(key, name)),
  ];
}
