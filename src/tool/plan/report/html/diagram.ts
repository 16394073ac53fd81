import { layoutMap, type MapLayout } from "../../../../blocks/drawing/index.ts";
import { targetsOfEdge } from "../../../design/edge-targets.ts";
import type { PartModel, SystemModel } from "../../../design/model.ts";
import type { PartAnswer, PlanAnswer } from "../../plan-answer.ts";
import { element, escaped, type Svg, tenths, textWidth } from "../charts/svg.ts";
import { valueText } from "../figure-text.ts";
import { peakOf } from "../verdict.ts";
import { type Html, loadOf, percentOf, scrolling, shortened } from "./markup.ts";

const BOX_HEIGHT = 82;
/** As wide as the longest name wants, within these. */
const BOX_WIDTH = { least: 188, most: 240 };
const PADDING = 14;
const NAME_SIZE = 14;
/** Links have no words here: no more room than keeps them apart. */
const LABEL = { width: 22, height: 8 };
const MARGIN = 12;
const ARROW = { length: 9, half: 4 };
/** Who asks, as a part of the drawing. */
const CLIENTS = "";
/** The page's column and a phone's, in pixels. */
const ROOM = { wide: 900, narrow: 330 };
/** A drawing shrinks so far to fit; from there on it scrolls. */
const SHRINK_MAX = 0.72;

type Link = MapLayout["links"][number];
type Ends = Pick<Link, "from" | "to">;
type Axis = "x" | "y";

/** The parts with what is asked of each at the peak, those that are asked behind those that ask: once for a column of text, once for a phone. */
export function diagramOf(answer: PlanAnswer, model: SystemModel): Html {
  if (answer.parts.length === 0) return "";
  const links = linksOf(answer, model);
  const layouts = (["x", "y"] as const).map((axis) => ({ axis, layout: layoutOf(answer, links, axis) }));
  const drawings = (["wide", "narrow"] as const).map((room) => {
    // To the right where there is room, and down on a phone; the other way where that would have to scroll, and this less.
    const usual = room === "wide" ? layouts : layouts.toReversed();
    const hidden = ({ layout }: { readonly layout: MapLayout }) =>
      Math.max(0, SHRINK_MAX * (layout.width + 2 * MARGIN) - ROOM[room]);
    const [best] = usual.toSorted((one, other) => hidden(one) - hidden(other));
    return best === undefined
      ? ""
      : scrolling(
          "The system as a drawing",
          drawingOf(answer, best.layout, links, best.axis),
          `card ${room}`,
        );
  });
  return drawings.join("");
}

function layoutOf({ parts }: PlanAnswer, links: readonly Ends[], axis: Axis): MapLayout {
  const direction = axis === "x" ? "right" : "down";
  const longest = Math.max(...parts.map(({ name }) => textWidth(name, NAME_SIZE) * 1.15));
  const width = Math.min(BOX_WIDTH.most, Math.max(BOX_WIDTH.least, Math.ceil(longest) + 2 * PADDING));
  const box = { width, height: BOX_HEIGHT };
  const placed = parts.map(({ name, kind }) => {
    const isStore = kind === "cache" || kind === "database";
    return { name, ...box, ...(isStore && { wish: "last" as const }) };
  });
  return layoutMap([{ name: CLIENTS, ...box, wish: "first" }, ...placed], links, { label: LABEL, direction });
}

function drawingOf(answer: PlanAnswer, layout: MapLayout, links: readonly Ends[], axis: Axis): Svg {
  const parts = new Map(answer.parts.map((part) => [part.name, part]));
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  const boxes = [...layout.boxes].map(([name, box]) => {
    const part = parts.get(name);
    return element(
      "g",
      { transform: `translate(${tenths(box.x)} ${tenths(box.y)})` },
      element("rect", {
        width: box.width,
        height: box.height,
        rx: 8,
        class: `box ${part?.kind ?? "clients"}`,
      }),
      ...(part === undefined ? clientTexts(answer, box.width) : partTexts(part, box.width)),
    );
  });
  const told = links.map(({ from, to }) => `${from === CLIENTS ? "clients" : from} to ${to}`).join(", ");
  return element(
    "svg",
    {
      viewBox: `${-MARGIN} ${-MARGIN} ${tenths(width)} ${tenths(height)}`,
      width,
      height,
      role: "img",
      class: "diagram",
      style: `max-width:${Math.ceil(width)}px;min-width:${Math.ceil(width * SHRINK_MAX)}px`,
    },
    element("title", {}, escaped(`The parts of ${answer.system} and who asks whom`)),
    element("desc", {}, escaped(told)),
    ...layout.links.map((link) => linkDrawing(link, axis)),
    ...boxes,
  );
}

/** A line with an arrow at the end of it: lines arrive along the axis of the layers, whichever way they came. */
function linkDrawing({ path, points }: Link, axis: Axis): Svg {
  const end = points.at(-1) ?? { x: 0, y: 0 };
  const before = points.findLast((point) => point[axis] !== end[axis]) ?? end;
  const back = -ARROW.length * Math.sign(end[axis] - before[axis]);
  const sides = [ARROW.half, -ARROW.half].map((side) =>
    axis === "x"
      ? `L${tenths(end.x + back)} ${tenths(end.y + side)}`
      : `L${tenths(end.x + side)} ${tenths(end.y + back)}`,
  );
  const arrow = `M${tenths(end.x)} ${tenths(end.y)}${sides.join("")}Z`;
  return `${element("path", { d: path, class: "link" })}${element("path", { d: arrow, class: "arrow" })}`;
}

function clientTexts(answer: PlanAnswer, width: number): readonly Svg[] {
  const peak = `${valueText(peakOf(answer), "per-second")} at the peak`;
  return [textAt("clients", 24, "name", width), textAt(peak, 44, "quiet", width)];
}

function partTexts(part: PartAnswer, width: number): readonly Svg[] {
  const { name, kind, replicas, perSecond, utilisation } = part;
  const told = `${valueText(perSecond, "per-second")} · ${valueText(utilisation, "share")} busy`;
  const copies = replicas === 1 ? "" : ` × ${valueText(replicas, "count")}`;
  const length = width - 2 * PADDING;
  const bar = { x: PADDING, y: 68, height: 5, rx: 2 };
  return [
    textAt(name, 24, "name", width),
    textAt(`${kind}${copies}`, 42, "quiet", width),
    textAt(told, 60, "quiet", width),
    element("rect", { ...bar, width: length, class: "track" }),
    element("rect", {
      ...bar,
      width: (length * percentOf(utilisation)) / 100,
      class: `load ${loadOf(utilisation)}`,
    }),
    element("title", {}, escaped(`${name}, ${kind}${copies}: ${told}`)),
  ];
}

function textAt(text: string, y: number, kind: "name" | "quiet", width: number): Svg {
  const letter = kind === "name" ? textWidth("n", NAME_SIZE) * 1.15 : textWidth("n", 13);
  const shown = shortened(text, Math.floor((width - 2 * PADDING) / letter));
  return element("text", { x: PADDING, y, class: kind }, escaped(shown));
}

function linksOf(answer: PlanAnswer, { parts }: SystemModel): readonly Ends[] {
  const known = new Set(answer.parts.map(({ name }) => name));
  return [
    ...entriesOf(answer).map((to) => ({ from: CLIENTS, to })),
    ...parts.flatMap((part) => usedBy(part).map((to) => ({ from: part.name, to }))),
  ].filter(({ from, to }) => (from === CLIENTS || known.has(from)) && known.has(to));
}

/** Where requests come in: where each class's way begins. */
function entriesOf({ classes }: PlanAnswer): readonly string[] {
  return [...new Set(classes.flatMap(({ stays }) => stays[0]?.part ?? []))];
}

function usedBy(part: PartModel): readonly string[] {
  if (part.kind === "edge") return targetsOfEdge(part);
  return part.kind === "service" ? [...new Set(Object.values(part.uses))] : [];
}
