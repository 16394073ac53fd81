import { escaped } from "../charts/svg.ts";

/** A piece of HTML, whatever came from a design in it escaped. */
export type Html = string;

/** A part of a page under a heading of its own. */
export interface Section {
  /** Of its heading, for links. */
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

/** A section with its heading. */
export function section({ id, title, content }: Section): Html {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
}

/** Sentences one below the other. */
export function list(sentences: readonly string[]): Html {
  return sentences.length === 0
    ? ""
    : `<ul>${sentences.map((one) => `<li>${escaped(one)}</li>`).join("")}</ul>`;
}

/** A column of a table: figures stand to the right. */
export interface Column {
  readonly title: string;
  readonly kind: "text" | "figure";
}

/** A column of figures. */
export function figureColumn(title: string): Column {
  return { title, kind: "figure" };
}

/** A table whose first column names its rows. Titles and cells are HTML. On narrow screens it scrolls by itself, by keyboard too. */
export function table(name: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
  const head = columns.map(({ title, kind }) => `<th scope="col" class="${kind}">${title}</th>`).join("");
  const body = rows.map((cells) => {
    const written = cells.map((cell, at) => {
      const kind = columns[at]?.kind ?? "text";
      return at === 0 ? `<th scope="row" class="${kind}">${cell}</th>` : `<td class="${kind}">${cell}</td>`;
    });
    return `<tr>${written.join("")}</tr>`;
  });
  return scrolling(
    name,
    `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`,
    "card",
  );
}

/** What may be wider than the page: it scrolls by itself, and takes the focus so that keys can scroll it. */
export function scrolling(name: string, content: Html, kind: string): Html {
  return `<div class="scroll ${kind}" role="region" aria-label="${escaped(name)}" tabindex="0">${content}</div>`;
}

/** A share of 0 to 1 as a bar. What is above 1 is full; the figure beside it says so too. */
export function meter(share: number): Html {
  return `<span class="meter ${loadOf(share)}" aria-hidden="true"><span style="width:${percentOf(share)}%"></span></span>`;
}

/** How near a part is to be full, as a class of the style sheet. */
export function loadOf(share: number): "low" | "high" | "full" {
  if (share >= 1) return "full";
  return share >= 0.8 ? "high" : "low";
}

/** A share as a length, 0 to 100. What is not known has none. */
export function percentOf(share: number): number {
  return share > 0 ? Math.round(Math.min(1, share) * 1_000) / 10 : 0;
}

/** A text that has to fit into a drawing: what is longer ends in three dots. */
export function shortened(text: string, lengthMax: number): string {
  const letters = [...text];
  return letters.length <= lengthMax
    ? text
    : `${letters
        .slice(0, lengthMax - 1)
        .join("")
        .trimEnd()}…`;
}
