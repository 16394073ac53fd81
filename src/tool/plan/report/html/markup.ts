import { escaped } from "../charts/svg.ts";

/** A piece of HTML, whatever came from a design in it escaped. */
export type Html = string;

/** A section with its heading; nothing where there is nothing in it. */
export function section(id: string, title: string, content: Html): Html {
  return content === ""
    ? ""
    : `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;
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

/** A table whose first column names its rows. Cells are HTML. On narrow screens it scrolls by itself, by keyboard too. */
export function table(name: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
  const head = columns.map(({ title, kind }) => `<th scope="col" class="${kind}">${title}</th>`).join("");
  const body = rows.map((cells) => {
    const written = cells.map((cell, at) => {
      const kind = columns[at]?.kind ?? "text";
      return at === 0 ? `<th scope="row" class="${kind}">${cell}</th>` : `<td class="${kind}">${cell}</td>`;
    });
    return `<tr>${written.join("")}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="${escaped(name)}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** A share of 0 to 1 as a bar. What is above 1 is full, and told apart by more than its colour. */
export function meter(share: number): Html {
  const part = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1;
  const width = Math.round(part * 1_000) / 10;
  return `<span class="meter${share >= 1 ? " full" : share >= 0.8 ? " high" : ""}" aria-hidden="true"><span style="width:${width}%"></span></span>`;
}
