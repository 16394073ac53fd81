import type { PlanAnswer, RequirementAnswer } from "../../plan-answer.ts";
import type { Sweep } from "../../sweep/index.ts";
import { lineChart } from "../charts/index.ts";
import { escaped } from "../charts/svg.ts";
import { countText, requirementText, UNKNOWN } from "../figure-text.ts";
import { type Column, type Html, table } from "./markup.ts";

const MARKS: Readonly<Record<RequirementAnswer["state"], string>> = { holds: "✓", fails: "✗", unknown: "?" };

/** Each setting that was tried: a table of its values, and a curve for each requirement that has figures along it. */
export function sweepsOf(sweeps: readonly Sweep[], answer: PlanAnswer): Html {
  return sweeps.map((one) => sweepOf(one, answer)).join("");
}

function sweepOf(sweep: Sweep, answer: PlanAnswer): Html {
  const { path, points, requirements } = sweep;
  const hasPrice = points.some(({ pricePerMonth }) => pricePerMonth !== undefined);
  const columns: readonly Column[] = [
    { title: escaped(path), kind: "figure" },
    ...requirements.map(({ title }): Column => ({ title: escaped(title), kind: "figure" })),
    ...(hasPrice ? [{ title: "a month", kind: "figure" } as const] : []),
  ];
  const rows = points.map(({ value, requirements: all, pricePerMonth, refused }) => [
    escaped(value),
    ...requirements.map(({ id, unit }) => {
      const at = all.find((one) => one.id === id);
      if (at === undefined) return escaped(refused ?? UNKNOWN);
      return `${escaped(requirementText(at.predicted, { unit }))} <span class="mark">${MARKS[at.state]}</span>`;
    }),
    ...(hasPrice ? [pricePerMonth === undefined ? UNKNOWN : escaped(countText(pricePerMonth))] : []),
  ]);
  const charts = requirements.map((one) => chartOf(sweep, one, answer)).join("");
  return `<h3><code>${escaped(path)}</code></h3>${table(`Along ${path}`, columns, rows)}${charts}`;
}

function chartOf({ path, points }: Sweep, swept: Sweep["requirements"][number], answer: PlanAnswer): Html {
  const values = points.map(({ requirements }, at): [number, number | null] => {
    const predicted = requirements.find(({ id }) => id === swept.id)?.predicted;
    return [at + 1, predicted !== undefined && Number.isFinite(predicted) ? predicted : null];
  });
  const known = values.flatMap(([, value]) => value ?? []);
  // A line that is level says no more than the table.
  if (new Set(known).size < 2) return "";
  const required = answer.requirements.find(({ id }) => id === swept.id);
  return lineChart(
    {
      title: `${swept.title} along ${path}`,
      description: `From ${points[0]?.value} to ${points.at(-1)?.value}, value by value.${swept.knee === undefined ? "" : ` From ${swept.knee} on, more brings little.`}`,
      x: {
        label: `values of ${path}, in their order`,
        unit: "count",
        from: 1,
        to: Math.max(2, points.length),
      },
      panels: [
        {
          y: { label: swept.title, unit: swept.unit },
          lines: [{ name: swept.title, points: values }],
          ...(required === undefined ? {} : { bound: { value: required.required, label: "required" } }),
        },
      ],
    },
    { style: false },
  );
}
