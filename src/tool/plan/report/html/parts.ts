import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { countText, msText, rateText, shareText, UNKNOWN } from "../figure-text.ts";
import { type Column, type Html, meter, table } from "./markup.ts";

/** What each part has to do, and what it adds to the loss. Columns that say nothing are left out. */
export function partsOf({ parts }: PlanAnswer): Html {
  const hasHits = parts.some(({ hitRatio }) => hitRatio !== undefined);
  const hasPrice = parts.some(({ pricePerMonth }) => pricePerMonth !== undefined);
  const figure = (title: string): Column => ({ title, kind: "figure" });
  const columns: readonly Column[] = [
    { title: "part", kind: "text" },
    { title: "kind", kind: "text" },
    figure("replicas"),
    figure("needed"),
    figure("requests"),
    figure("busy"),
    figure("wait"),
    figure("available"),
    figure("share of the loss"),
    ...(hasHits ? [figure("hits")] : []),
    ...(hasPrice ? [figure("a month")] : []),
  ];
  const or = (value: number | undefined, text: (value: number) => string) =>
    value === undefined ? UNKNOWN : escaped(text(value));
  const rows = parts.map((part) => [
    escaped(part.name),
    part.kind,
    escaped(countText(part.replicas)),
    or(part.replicasNeeded, countText),
    escaped(rateText(part.perSecond)),
    `${meter(part.utilisation)} ${escaped(shareText(part.utilisation))}`,
    escaped(msText(part.meanWaitMs)),
    escaped(shareText(part.availability)),
    escaped(shareText(part.lossShare)),
    ...(hasHits ? [or(part.hitRatio, shareText)] : []),
    ...(hasPrice ? [or(part.pricePerMonth, countText)] : []),
  ]);
  return parts.length === 0 ? "" : table("Parts at the peak", columns, rows);
}
