import type { Finding, PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import type { Html } from "./markup.ts";

const SEVERITIES: readonly (readonly [Finding["severity"], several: string])[] = [
  ["risk", "risks"],
  ["question", "questions"],
  ["advice", "pieces of advice"],
];

/** What a review asks, with how many there are of each kind; nothing where none was made. */
export function findingsOf({ findings }: PlanAnswer): Html {
  if (findings === undefined) return "";
  if (findings.length === 0) return "<p>Nothing is left to ask.</p>";
  const counts = SEVERITIES.flatMap(([severity, several]) => {
    const count = findings.filter((one) => one.severity === severity).length;
    if (count === 0) return [];
    return count === 1
      ? [severity === "advice" ? "1 piece of advice" : `1 ${severity}`]
      : [`${count} ${several}`];
  });
  return `<p class="quiet">${counts.join(", ")}</p>${findings.map(cardOf).join("")}`;
}

/** Where the docs are is not known to a page that stands alone: their path is told as text. */
function cardOf({ severity, title, place, reason, mend, rule, link }: Finding): Html {
  return `<article class="finding ${severity}"><h3><span class="severity">${severity}</span> ${escaped(title)}</h3><p class="quiet">at <code>${escaped(place)}</code></p>
<p>${escaped(reason)}</p><p class="mend">${escaped(mend)}</p><p class="rule">Rule <code>${escaped(rule)}</code>, explained in <code>${escaped(link.split("#", 1)[0] ?? "")}</code></p></article>`;
}
