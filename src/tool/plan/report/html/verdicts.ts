import type { PlanAnswer, RequirementAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { boundText, countText, requirementText } from "../figure-text.ts";
import { breakText, marginText } from "../margin.ts";
import { orderedRequirements, peakOf, verdictText } from "../verdict.ts";
import type { Html } from "./markup.ts";

const MARKS = { holds: "✓", fails: "✗", unknown: "?" } as const;
const WORDS = { holds: "holds", fails: "does not hold", unknown: "not known" } as const;

/** The verdict on the whole, then each requirement: whether it holds, by how much, why, and what would mend it. */
export function verdictsOf(answer: PlanAnswer): Html {
  const { state, sentence } = verdictText(answer);
  const price =
    answer.pricePerMonth === undefined
      ? ""
      : `<p class="quiet">${escaped(countText(answer.pricePerMonth))} a month</p>`;
  const cards = orderedRequirements(answer).map((one) => cardOf(one, peakOf(answer)));
  return `<p class="verdict ${state}">${markOf(state)} ${escaped(sentence)}.</p>${price}<div class="cards">${cards.join("")}</div>`;
}

function cardOf(requirement: RequirementAnswer, peakPerSecond: number): Html {
  const { state, title, sentence, mend, predicted } = requirement;
  const margin = marginText(requirement);
  const breaks = breakText(requirement, peakPerSecond);
  const asked = `${escaped(boundText(requirement))} required`;
  const value =
    predicted === undefined ? "" : `<strong>${escaped(requirementText(predicted, requirement))}</strong>, `;
  return `<article class="${state}"><h3>${markOf(state)} ${escaped(title)} <span>${WORDS[state]}</span></h3>
<p>${value}${asked}${margin === undefined ? "" : ` (${escaped(margin)})`}</p>
<p>${escaped(sentence)}${breaks === undefined ? "" : ` ${escaped(breaks)}`}</p>${mend === undefined ? "" : mendOf(mend, requirement)}</article>`;
}

function mendOf(mend: NonNullable<RequirementAnswer["mend"]>, requirement: RequirementAnswer): Html {
  const price = mend.pricePerMonth === undefined ? "" : `, for ${countText(mend.pricePerMonth)} a month`;
  const comesTo = `${requirementText(mend.predicted, requirement)}${price}`;
  return `<p class="mend">The smallest change that mends it: <code>--set ${escaped(mend.set)}</code> (${escaped(comesTo)})</p>`;
}

function markOf(state: RequirementAnswer["state"]): Html {
  return `<span class="mark" aria-hidden="true">${MARKS[state]}</span>`;
}
