import { setsOf } from "../../estimate/index.ts";
import type { PlanAnswer, RequirementAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { boundText, requirementText, UNKNOWN, valueText } from "../figure-text.ts";
import { marginText } from "../margin.ts";
import { contradictionsOf } from "../simulated.ts";
import { orderedRequirements, peakOf, verdictText } from "../verdict.ts";
import { linkTo } from "./figures.ts";
import type { Html } from "./markup.ts";

const MARKS = { holds: "✓", fails: "✗", unknown: "?" } as const;
const WORDS = { holds: "holds", fails: "does not hold", unknown: "not known" } as const;

/** What the whole comes to, with the load it is planned for, what is full first, and what it costs. */
export function summaryOf(answer: PlanAnswer): Html {
  const { state, sentence } = verdictText(answer);
  const { bottleneck, pricePerMonth } = answer;
  const facts = [
    `${valueText(peakOf(answer), "per-second")} at the peak`,
    ...(bottleneck === undefined
      ? []
      : [`${bottleneck.part} is full first, at ${valueText(bottleneck.perSecond, "per-second")}`]),
    ...(pricePerMonth === undefined ? [] : [valueText(pricePerMonth, "price-per-month")]),
  ];
  const doubts = contradictionsOf(answer).map((one) => `<p>${escaped(one)}</p>`);
  return `<div class="verdict ${state}"><p>${stateMark(state)} ${escaped(sentence)}.</p>${doubts.join("")}<p class="quiet">${escaped(facts.join(" · "))}</p></div>`;
}

/** Each requirement: whether it holds, by how much, why, and what would mend it. Those that fail come first. */
export function verdictsOf(answer: PlanAnswer): Html {
  const cards = orderedRequirements(answer).map((one) => cardOf(one, answer));
  return cards.length === 0 ? "" : `<div class="cards">${cards.join("")}</div>`;
}

/** The mark of a state; the words beside it say it to those who do not see it. */
export function stateMark(state: RequirementAnswer["state"]): Html {
  return `<span class="mark ${state}" aria-hidden="true">${MARKS[state]}</span>`;
}

function cardOf(requirement: RequirementAnswer, answer: PlanAnswer): Html {
  const { id, state, title, sentence, mend, predicted } = requirement;
  const margin = marginText(requirement);
  const value = requirementText(predicted, requirement);
  const asked = escaped(`${boundText(requirement)} required${margin === undefined ? "" : ` (${margin})`}`);
  const told =
    value === UNKNOWN
      ? `<span class="asked">${asked}</span>`
      : `<strong>${linkTo(answer, figureOf(id, answer), value)}</strong>, ${asked}`;
  return `<article class="${state}"><h3>${stateMark(state)} <bdi>${escaped(title)}</bdi> <span class="quiet">${WORDS[state]}</span></h3>
<p>${told}</p>
<p>${escaped(sentence)}</p>${mend === undefined ? "" : mendOf(mend, requirement)}</article>`;
}

/** What can be carried is the load at which the first part is full. */
function figureOf(id: string, { bottleneck }: PlanAnswer): string {
  return id === "traffic" && bottleneck !== undefined ? `${bottleneck.part}.full-at` : id;
}

function mendOf(mend: NonNullable<RequirementAnswer["mend"]>, requirement: RequirementAnswer): Html {
  const price =
    mend.pricePerMonth === undefined ? "" : `, for ${valueText(mend.pricePerMonth, "price-per-month")}`;
  const sets = setsOf(mend).map((set) => `<code>--set ${escaped(set)}</code>`);
  return `<p class="mend">The smallest change that mends it: ${sets.join(" ")} (${escaped(requirementText(mend.predicted, requirement))}${escaped(price)})</p>`;
}
