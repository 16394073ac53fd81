import type { SystemModel } from "../../../design/model.ts";
import type { PlanAnswer } from "../../plan-answer.ts";
import type { Sweep } from "../../sweep/index.ts";
import { escaped } from "../charts/svg.ts";
import { diagramOf } from "./diagram.ts";
import { figuresOf } from "./figures.ts";
import { findingsOf } from "./findings.ts";
import { growthOf } from "./growth.ts";
import { type Html, list, type Section, section } from "./markup.ts";
import { partsOf } from "./parts.ts";
import { simulationOf } from "./simulation.ts";
import { STYLE } from "./style.ts";
import { sweepsOf } from "./sweeps.ts";
import { summaryOf, verdictsOf } from "./verdicts.ts";
import { waysOf } from "./ways.ts";

/** What a page shows besides the answer. */
export interface PageOptions {
  /** The design, for the links between its parts. */
  readonly model: SystemModel;
  /** Default none. */
  readonly sweeps?: readonly Sweep[] | undefined;
  /** The design's file as a person would write it. Default as the answer has it. */
  readonly file?: string | undefined;
}

/** A page may load nothing and run nothing: what it has is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A plan as one HTML page without scripts, which asks nobody for anything: verdicts, the diagram of the system, the way of each class of
 * requests, parts, charts, and every figure with its formula, filled in, and links to the figures that went in. It is light or
 * dark as its reader has it, and can be printed. Whatever names the design has stand there as text. Pure; the same answer gives the same bytes.
 */
export function planPage(answer: PlanAnswer, { model, sweeps = [], file = answer.file }: PageOptions): Html {
  const sections: readonly Section[] = [
    { id: "requirements", title: "Requirements", content: verdictsOf(answer) },
    { id: "system", title: "The system", content: diagramOf(answer, model) },
    { id: "growth", title: "As the load grows", content: growthOf(answer) },
    { id: "findings", title: "Questions", content: findingsOf(answer) },
    { id: "ways", title: "What a request waits for", content: waysOf(answer) },
    { id: "parts", title: "Parts at the peak", content: partsOf(answer) },
    { id: "sweeps", title: "Along a setting", content: sweepsOf(sweeps, answer) },
    { id: "simulation", title: "Simulated", content: simulationOf(answer) },
    { id: "assumptions", title: "Taken for granted", content: list(answer.assumptions) },
    { id: "figures", title: "Every figure", content: figuresOf(answer) },
  ].filter(({ content }) => content !== "");
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(`${answer.system}: the plan`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><p>Trestle plan</p><h1>${escaped(answer.system)}</h1><p><code>${escaped(file)}</code></p></header>
<main>
${summaryOf(answer)}
${links.length === 0 ? "" : `<nav aria-label="On this page"><ul>${links.join("")}</ul></nav>`}
${sections.map(section).join("\n")}
</main>
</body>
</html>
`;
}
