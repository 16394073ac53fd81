import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { LinkDrawing } from "../../../../blocks/drawing/index.ts";
import { shareText } from "../../model/format.ts";
import type { MapLink } from "../../model/map-graph.ts";
import { CLIENTS, linkKey } from "../../model/map-graph.ts";
import { ERRORS_BAD, ERRORS_WARN, linkDetails, linkLines, linkSign } from "../../model/map-signs.ts";
import { Icon } from "../ui/icon.tsx";
import { faults, figuresOf, place, requestsOf, slowMs } from "./map-state.ts";

export interface LinkProps {
  readonly link: MapLink;
  readonly drawing: LinkDrawing;
  readonly onSelect: (link: MapLink) => void;
}

/** A link's line: thicker with more traffic, dashes that move with it, coloured where something is wrong. */
export function LinkLine({ link, drawing, onSelect }: LinkProps): JSX.Element {
  const sign = linkSign(requestsOf(link.from, link.to), slowMs.value);
  const isFaulty = faults.value.some((mark) => mark.part === link.from && mark.to === link.to);
  const level = isFaulty ? "fault" : sign.level;
  return (
    <g class={`map-line map-line-${level} map-line-${link.reason}`} data-link={linkKey(link.from, link.to)}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the label, which is a button, does the same. */}
      <path class="map-line-reach" d={drawing.path} onClick={() => onSelect(link)} />
      <path class="map-line-way" d={drawing.path} stroke-width={sign.thickness.toFixed(1)} />
      {sign.flow > 0 && <path class={`map-line-flow map-flow-${sign.flow}`} d={drawing.path} />}
      <path
        class="map-line-head"
        d="M-8-4.5 0 0-8 4.5z"
        transform={`${headTransform(drawing)} scale(${(0.75 + sign.thickness / 7).toFixed(2)})`}
      />
    </g>
  );
}

/** The arrow's head: where the line ends, turned as its last stretch goes. */
function headTransform({ points }: LinkDrawing): string {
  const [before, end] = points.slice(-2);
  if (!before || !end) return "";
  // What is left of a sum of fractions is no direction.
  const [byX, byY] = [Math.round(end.x - before.x), Math.round(end.y - before.y)];
  const turn = byX > 0 ? 0 : byX < 0 ? 180 : byY < 0 ? -90 : byY > 0 ? 90 : turnOf(points);
  return `translate(${end.x.toFixed(1)} ${end.y.toFixed(1)}) rotate(${turn})`;
}

/** A last stretch of no length goes as the whole line goes. */
function turnOf(points: LinkDrawing["points"]): number {
  const moves = points.slice(1).map((point, at) => {
    const before = points[at] ?? point;
    return [Math.round(point.x - before.x), Math.round(point.y - before.y)] as const;
  });
  const [byX, byY] = moves.findLast(([x, y]) => (x === 0) !== (y === 0)) ?? [1, 0];
  if (byX !== 0) return byX > 0 ? 0 : 180;
  return byY > 0 ? 90 : -90;
}

/** A link's figures, on its line: rate, failures and the 99th percentile. */
export function LinkLabel({
  link,
  drawing,
  size,
  isSelected,
  onSelect,
}: LinkProps & {
  readonly size: { readonly width: number; readonly height: number };
  readonly isSelected: boolean;
}) {
  const figures = figuresOf(link.from, link.to);
  const { requests } = figures ?? {};
  const sign = linkSign(requests, slowMs.value);
  const [rate, latency] = linkLines(requests);
  const fault = faults.value.find((mark) => mark.part === link.from && mark.to === link.to);
  const isHere = useComputed(() => {
    const at = place.value;
    return at !== undefined && "from" in at && at.from === link.from && at.to === link.to;
  });
  const errors = requests && requests.perSecond > 0 ? requests.errorShare : undefined;
  const words = [linkDetails(figures), sign.why, fault?.text].filter(Boolean);
  return (
    <button
      type="button"
      class={`map-label map-label-${fault ? "fault" : sign.level}`}
      data-link={linkKey(link.from, link.to)}
      style={{
        left: `${drawing.label.x - size.width / 2}px`,
        top: `${drawing.label.y - size.height / 2}px`,
        width: `${size.width}px`,
        height: `${size.height}px`,
      }}
      tabIndex={isHere.value ? 0 : -1}
      title={words.join("\n")}
      aria-pressed={isSelected}
      onClick={() => onSelect(link)}
    >
      <span class="unseen">
        {nameOf(link.from)} to {link.to}:{" "}
      </span>
      <span class="map-label-line">
        {fault && <Icon name="cache" size={11} />}
        <span class="map-label-rate">{rate}</span>{" "}
        {errors !== undefined && (
          <span class={errors >= ERRORS_BAD ? "map-bad" : errors >= ERRORS_WARN ? "map-warn" : "faint"}>
            {errors >= ERRORS_WARN && "✕ "}
            {shareText(errors)}
            <span class="unseen"> fail </span>
          </span>
        )}
      </span>
      {latency !== "" && (
        <span class="map-label-line">
          <span class="faint">p99</span>{" "}
          <span
            class={sign.level === "warn" && errors !== undefined && errors < ERRORS_WARN ? "map-warn" : ""}
          >
            {latency}
          </span>
        </span>
      )}
    </button>
  );
}

/** How a part is called on the page. */
export function nameOf(part: string): string {
  return part === CLIENTS ? "clients" : part;
}
