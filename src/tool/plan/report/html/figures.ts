import type { Figure } from "../../figure.ts";
import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { figureText } from "../figure-text.ts";
import type { Html } from "./markup.ts";

/** Every figure with where it comes from: a formula, filled in, and links to what went in. */
export function figuresOf({ figures }: PlanAnswer): Html {
  const places = new Map(figures.map(({ id }, at) => [id, at]));
  const rows = figures.map((figure, at) => {
    const { title, id } = figure;
    return `<div class="figure" id="figure-${at}"><dt>${escaped(title)} <code>${escaped(id)}</code></dt><dd><strong>${escaped(figureText(figure))}</strong> ${sourceOf(figure, figures, places)}</dd></div>`;
  });
  return rows.length === 0 ? "" : `<dl>${rows.join("")}</dl>`;
}

function sourceOf({ source }: Figure, figures: readonly Figure[], places: ReadonlyMap<string, number>): Html {
  switch (source.kind) {
    case "given":
      return `<span class="quiet">given: <code>${escaped(source.place)}</code></span>`;
    case "default":
      return `<span class="quiet">default of ${escaped(source.of)}: ${escaped(source.publication)}</span>`;
    case "measured":
      return `<span class="quiet">measured${source.run === undefined ? "" : ` in run ${escaped(source.run)}`}: ${escaped(source.profile)}</span>`;
    case "derived": {
      const inputs = source.inputs.flatMap((id) => {
        const at = places.get(id);
        return at === undefined ? [] : [`<a href="#figure-${at}">${escaped(figures[at]?.title ?? id)}</a>`];
      });
      const from = inputs.length === 0 ? "" : `<br><span class="quiet">from ${inputs.join(", ")}</span>`;
      const publication =
        source.publication === undefined
          ? ""
          : `<br><span class="quiet">${escaped(source.publication)}</span>`;
      return `= ${escaped(source.formula)}<br><code>${escaped(source.filled)}</code>${from}${publication}`;
    }
  }
}
