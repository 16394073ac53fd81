import type { SystemModel } from "../../../design/model.ts";
import type { PlanAnswer } from "../../plan-answer.ts";
import type { Sweep } from "../../sweep/index.ts";
import { escaped } from "../charts/svg.ts";
import { diagramOf } from "./diagram.ts";
import { figuresOf } from "./figures.ts";
import { findingsOf } from "./findings.ts";
import { growthOf } from "./growth.ts";
import { type Html, list, section } from "./markup.ts";
import { partsOf } from "./parts.ts";
import { simulationOf } from "./simulation.ts";
import { STYLE } from "./style.ts";
import { sweepsOf } from "./sweeps.ts";
import { verdictsOf } from "./verdicts.ts";
import { waysOf } from "./ways.ts";

/** What a page shows besides the answer. */
export interface PageOptions {
  /** The design, for the links between its parts. */
  readonly model: SystemModel;
  /** Default none. */
  readonly sweeps?: readonly Sweep[] | undefined;
}

/** A page may load nothing and run nothing: what it has is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A plan as one HTML page without scripts, which asks nobody for anything: verdicts, the diagram of the system, the way of each class of
 * requests, parts, charts, and every figure with its formula, filled in, and links to the figures that went in. It is light or
 * dark as its reader has it, and can be printed. Whatever names the design has stand there as text. Pure; the same answer gives the same bytes.
 */
export function planPage(answer: PlanAnswer, { model, sweeps = [] }: PageOptions): Html {
  const title = escaped(`${answer.system}: the plan`);
  const sections: readonly Html[] = [
    section("requirements", "Requirements", verdictsOf(answer)),
    section("system", "The system", diagramOf(answer, model)),
    section("growth", "As the load grows", growthOf(answer)),
    section("ways", "What a request waits for", waysOf(answer)),
    section("parts", "Parts", partsOf(answer)),
    section("sweeps", "Along a setting", sweepsOf(sweeps, answer)),
    section("simulation", "Simulated", simulationOf(answer)),
    section("findings", "Questions", findingsOf(answer)),
    section("assumptions", "Taken for granted", list(answer.assumptions)),
    section("figures", "Every figure", figuresOf(answer)),
  ].filter((one) => one !== "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><p>Trestle plan</p><h1>${escaped(answer.system)}</h1><p class="quiet">${escaped(answer.file)}</p></header>
<main>
${sections.join("\n")}
</main>
</body>
</html>
`;
}
