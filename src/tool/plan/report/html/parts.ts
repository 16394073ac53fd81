import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { UNKNOWN, valueText } from "../figure-text.ts";
import { linkTo } from "./figures.ts";
import { type Column, figureColumn, type Html, meter, table } from "./markup.ts";

/** What each part has to do, and what it adds to the loss. Columns that say nothing are left out. */
export function partsOf(answer: PlanAnswer): Html {
  const { parts } = answer;
  const hasNeeded = parts.some(({ replicasNeeded }) => replicasNeeded !== undefined);
  const hasHits = parts.some(({ hitRatio }) => hitRatio !== undefined);
  const hasPrice = parts.some(({ pricePerMonth }) => pricePerMonth !== undefined);
  const columns: readonly Column[] = [
    { title: "part", kind: "text" },
    figureColumn("replicas"),
    ...(hasNeeded ? [figureColumn("needed")] : []),
    figureColumn("requests"),
    figureColumn("busy"),
    figureColumn("waiting"),
    ...(hasHits ? [figureColumn("hits")] : []),
    figureColumn("available"),
    figureColumn("of the loss"),
    ...(hasPrice ? [figureColumn("a month")] : []),
  ];
  const rows = parts.map((part) => [
    `${escaped(part.name)} <span class="kind">${part.kind}</span>`,
    escaped(valueText(part.replicas, "count")),
    ...(hasNeeded ? [escaped(valueText(part.replicasNeeded, "count"))] : []),
    escaped(valueText(part.perSecond, "per-second")),
    `${meter(part.utilisation)} ${linkTo(answer, `${part.name}.utilisation`, valueText(part.utilisation, "share"))}`,
    escaped(valueText(part.meanWaitMs, "ms")),
    ...(hasHits ? [part.hitRatio === undefined ? "" : escaped(valueText(part.hitRatio, "share"))] : []),
    linkTo(answer, `${part.name}.availability`, valueText(part.availability, "share")),
    escaped(valueText(part.lossShare, "share")),
    ...(hasPrice
      ? [part.pricePerMonth === undefined ? UNKNOWN : escaped(valueText(part.pricePerMonth, "count"))]
      : []),
  ]);
  return parts.length === 0 ? "" : table("Table of the parts", columns, rows);
}
