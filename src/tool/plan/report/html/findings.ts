import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import type { Html } from "./markup.ts";

/** What a review asks, the risks first; nothing where none was made. */
export function findingsOf({ findings }: PlanAnswer): Html {
  if (findings === undefined) return "";
  if (findings.length === 0) return "<p>Nothing is left to ask.</p>";
  return findings
    .map(
      ({ severity, title, place, reason, mend }) =>
        `<article class="finding ${severity}"><h3><span class="severity">${severity}</span> ${escaped(title)}</h3><p class="quiet"><code>${escaped(place)}</code></p><p>${escaped(reason)}</p><p>${escaped(mend)}</p></article>`,
    )
    .join("");
}
