import { layoutMap, type MapLayout } from "../../../../blocks/drawing/index.ts";
import { targetsOfEdge } from "../../../design/edge-targets.ts";
import type { PartModel, SystemModel } from "../../../design/model.ts";
import type { PartAnswer, PlanAnswer } from "../../plan-answer.ts";
import { element, escaped } from "../charts/svg.ts";
import { rateText, shareText } from "../figure-text.ts";
import { peakOf } from "../verdict.ts";
import type { Html } from "./markup.ts";

const BOX = { width: 178, height: 74 };
const LABEL = { width: 74, height: 22 };
const MARGIN = 12;
/** Who asks, as a part of the drawing. */
const CLIENTS = "";

/** The parts with what is asked of each at the peak, those that are asked behind those that ask. */
export function diagramOf(answer: PlanAnswer, model: SystemModel): Html {
  const parts = new Map(answer.parts.map((part) => [part.name, part]));
  const entries = entriesOf(answer);
  const links = [
    ...entries.map((to) => ({ from: CLIENTS, to })),
    ...model.parts
      .flatMap((part) => usedBy(part).map((to) => ({ from: part.name, to })))
      .filter(({ from, to }) => parts.has(from) && parts.has(to)),
  ];
  const layout = layoutMap(
    [
      { name: CLIENTS, ...BOX, wish: "first" as const },
      ...answer.parts.map(({ name, kind }) => ({
        name,
        ...BOX,
        ...(kind === "cache" || kind === "database" ? { wish: "last" as const } : {}),
      })),
    ],
    links,
    { label: LABEL },
  );
  return `<div class="scroll" role="region" aria-label="The system as a drawing" tabindex="0">${drawingOf(answer, layout, parts)}</div>`;
}

function drawingOf(answer: PlanAnswer, layout: MapLayout, parts: ReadonlyMap<string, PartAnswer>): Html {
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  const lines = layout.links.map(({ path }) => element("path", { d: path, class: "link" }));
  const boxes = [...layout.boxes].map(([name, box]) => {
    const part = parts.get(name);
    const texts =
      part === undefined
        ? [`clients`, `${rateText(peakOf(answer))} at the peak`]
        : [name, `${part.kind}${part.replicas > 1 ? ` × ${part.replicas}` : ""}`];
    return element(
      "g",
      { transform: `translate(${box.x} ${box.y})` },
      element("rect", {
        width: box.width,
        height: box.height,
        rx: 8,
        class: `box ${part?.kind ?? "clients"}`,
      }),
      textAt(texts[0] ?? "", 24, "name"),
      textAt(texts[1] ?? "", 42, "quiet"),
      ...(part === undefined
        ? []
        : [
            textAt(`${rateText(part.perSecond)} · ${shareText(part.utilisation)} busy`, 60, "quiet"),
            element(
              "title",
              {},
              escaped(
                `${name}, ${part.kind}: ${rateText(part.perSecond)}, ${shareText(part.utilisation)} busy`,
              ),
            ),
          ]),
    );
  });
  return element(
    "svg",
    {
      viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`,
      width,
      height,
      role: "img",
      class: "diagram",
      "aria-label": `${answer.system}: ${answer.parts.length} parts`,
    },
    ...lines,
    ...boxes,
  );
}

function textAt(text: string, y: number, kind: string): Html {
  const shown = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  return element("text", { x: 14, y, class: kind }, escaped(shown));
}

/** Where requests come in: where each class's way begins. */
function entriesOf({ classes }: PlanAnswer): readonly string[] {
  return [...new Set(classes.flatMap(({ stays }) => stays[0]?.part ?? []))];
}

function usedBy(part: PartModel): readonly string[] {
  if (part.kind === "edge") return targetsOfEdge(part);
  return part.kind === "service" ? [...new Set(Object.values(part.uses))] : [];
}
