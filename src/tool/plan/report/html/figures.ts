import type { Figure } from "../../figure.ts";
import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { figureText } from "../figure-text.ts";
import type { Html } from "./markup.ts";

/** Every figure with where it comes from: a formula, filled in, and links to what went in. Grouped by what they are about. */
export function figuresOf({ figures }: PlanAnswer): Html {
  const places = placesOf(figures);
  const groups = Map.groupBy([...figures.entries()], ([, { id }]) => id.split(".", 1)[0] ?? "");
  return [...groups]
    .map(([group, all]) => {
      const rows = all.map(
        ([at, figure]) =>
          `<div class="figure" id="figure-${at}"><dt>${escaped(figure.title)} <code>${escaped(figure.id)}</code></dt><dd><strong>${escaped(figureText(figure))}</strong> ${sourceOf(figure, figures, places)}</dd></div>`,
      );
      return `<h3>${escaped(group)}</h3><dl>${rows.join("")}</dl>`;
    })
    .join("");
}

/** Words that lead to the figure of that id; the words alone where there is none. */
export function linkTo({ figures }: Pick<PlanAnswer, "figures">, id: string, words: string): Html {
  const at = figures.findIndex((one) => one.id === id);
  return at < 0 ? escaped(words) : `<a href="#figure-${at}">${escaped(words)}</a>`;
}

function placesOf(figures: readonly Figure[]): ReadonlyMap<string, number> {
  return new Map(figures.map(({ id }, at) => [id, at]));
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
      const inputs = [...new Set(source.inputs)].flatMap((id) => {
        const at = places.get(id);
        return at === undefined ? [] : [`<a href="#figure-${at}">${escaped(figures[at]?.title ?? id)}</a>`];
      });
      return [
        `= ${escaped(source.formula)}`,
        `<code>${escaped(source.filled)}</code>`,
        ...(inputs.length === 0 ? [] : [`<span class="quiet">from ${inputs.join(", ")}</span>`]),
        ...(source.publication === undefined
          ? []
          : [`<span class="quiet">${escaped(source.publication)}</span>`]),
      ].join("<br>");
    }
  }
}
