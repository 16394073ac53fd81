import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { boundText, countText, rateText, valueText } from "../report/figure-text.ts";
import { estimate } from "./index.ts";
import {
  aloneAtNight,
  bookshop,
  busyBank,
  modelOf,
  payments,
  slowReports,
  ticketSale,
} from "./testing/typical-designs.ts";

/** `TRESTLE_REWRITE_EXPECTED=1 node --test src/tool/plan/estimate/sentences.test.ts` writes them anew, for a person to read the difference. */
const FILE = join(import.meta.dirname, "testdata/sentences.txt");

test("six typical designs are judged in these words", () => {
  const text = [bookshop(), ticketSale(), busyBank(), slowReports(), aloneAtNight(), payments()]
    .map((design) => judged(modelOf(design)))
    .join("\n");
  if (process.env.TRESTLE_REWRITE_EXPECTED === "1") writeFileSync(FILE, text);
  assert.equal(text, readFileSync(FILE, "utf8"));
});

function judged(model: Parameters<typeof estimate>[0]): string {
  const { system, requirements, bottleneck, parts, pricePerMonth } = estimate(model, { file: "system.ts" });
  const needed = parts.map(
    ({ name, replicas, replicasNeeded: need }) => `${name} ${need ?? "?"} of ${replicas}`,
  );
  return [
    `${system}`,
    "----",
    ...requirements.flatMap(({ title, state, sentence, mend, unit, predicted, ...required }) => [
      `${title}, ${boundText({ ...required, unit })}: ${state} with ${valueText(predicted, unit)}`,
      `  ${sentence}`,
      ...(mend === undefined
        ? []
        : [
            `  --set ${mend.set}: ${valueText(mend.predicted, unit)}${mend.pricePerMonth === undefined ? "" : `, for ${countText(mend.pricePerMonth)} a month`}`,
          ]),
    ]),
    `full first: ${bottleneck?.part ?? "nothing"} at ${rateText(bottleneck?.perSecond ?? 0)}; needed: ${needed.join(", ")}${pricePerMonth === undefined ? "" : `; ${countText(pricePerMonth)} a month`}`,
    "",
  ].join("\n");
}
