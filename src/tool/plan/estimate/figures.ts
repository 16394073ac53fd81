import type { Figure } from "../figure.ts";
import type { ClassAnswer, RequirementAnswer } from "../plan-answer.ts";
import { countText, msText, rateText, shareText } from "../report/figure-text.ts";
import type { Outlook } from "./outlook.ts";
import { totalPerMonth } from "./price.ts";
import { cacheFigures, storageFigures } from "./storage/index.ts";
import { connectionFigures, trafficFigures } from "./traffic/index.ts";
import { durabilityOf } from "./verdicts/durability.ts";

/** Every figure of a plan, in the order in which a report tells them. Pure. */
export function figuresOf(outlook: Outlook, requirements: readonly RequirementAnswer[]): readonly Figure[] {
  const { model, resolved, curve } = outlook;
  return [
    ...trafficFigures(model, resolved),
    ...connectionFigures(curve.peak),
    ...storageFigures(model, resolved),
    ...cacheFigures(model, resolved),
    ...partFigures(outlook),
    ...latencyFigures(outlook),
    ...limitFigures(outlook, requirements),
    ...outlook.availability.figures,
    ...durabilityFigures(outlook),
    ...priceFigures(outlook),
  ];
}

function partFigures({ curve }: Outlook): readonly Figure[] {
  return curve.peak.parts.flatMap(({ name, utilisation, saturatedAtPerSecond: fullAt, filled }): Figure[] => [
    {
      id: `${name}.utilisation`,
      title: `how busy ${name} is at the peak`,
      value: utilisation,
      unit: "share",
      source: {
        kind: "derived",
        formula: "requests a second × time each / (replicas × places)",
        filled,
        inputs: ["traffic.peak"],
        publication:
          "the utilisation law: Denning and Buzen, “The Operational Analysis of Queueing Network Models” (1978)",
      },
    },
    ...(Number.isFinite(fullAt)
      ? [
          {
            id: `${name}.full-at`,
            title: `load of the whole at which ${name} is full`,
            value: fullAt,
            unit: "per-second",
            source: {
              kind: "derived",
              formula: "the load at which all its places are busy all the time",
              filled: `${shareText(utilisation)} at ${rateText(curve.peak.perSecond)}: full at ${rateText(fullAt)}`,
              inputs: [`${name}.utilisation`],
            },
          } satisfies Figure,
        ]
      : []),
  ]);
}

const TOLD = ["p50", "p99"] as const;

function latencyFigures({ curve }: Outlook): readonly Figure[] {
  const { classes, all, perSecond } = curve.peak;
  const own = classes.flatMap(({ name, latencyMs, stays }) =>
    TOLD.map(
      (rank): Figure => ({
        id: `latency.${rank}.${name}`,
        title: `${rank} latency of ${name}`,
        value: latencyMs[rank],
        unit: "ms",
        source: {
          kind: "derived",
          formula: "the distribution of what its stays take together, each waiting and work, and the network",
          filled: `${stays.map(({ part, ms, visits }) => `${part} ${countText(visits)} × ${msText(ms)}`).join(", ")}${networkText({ stays, latencyMs })}: mean ${msText(latencyMs.mean)}, ${rank} ${msText(latencyMs[rank])}`,
          inputs: [...new Set(stays.map(({ part }) => `${part}.utilisation`))],
          publication: "Whitt, “Approximations for the GI/G/m Queue” (1993), for the waiting",
        },
      }),
    ),
  );
  const whole = TOLD.map(
    (rank): Figure => ({
      id: `latency.${rank}`,
      title: `${rank} latency of all requests`,
      value: all[rank],
      unit: "ms",
      source: {
        kind: "derived",
        formula: "the classes' distributions, each weighing as much as it has requests",
        filled: classes
          .map(
            (one) =>
              `${shareText(perSecond > 0 ? one.perSecond / perSecond : 0)} ${one.name} ${msText(one.latencyMs[rank])}`,
          )
          .join(", ")
          .concat(`: ${msText(all[rank])}`),
        inputs: classes.map(({ name }) => `latency.${rank}.${name}`),
      },
    }),
  );
  return classes.length === 0 ? [] : [...own, ...whole];
}

/** What a request takes besides its stays; nothing is told where calls at the same time make up for it, or nothing bounds it. */
function networkText({ stays, latencyMs }: Pick<ClassAnswer, "stays" | "latencyMs">): string {
  const between = stays.reduce((left, { ms, visits }) => left - visits * ms, latencyMs.mean);
  return between > 0.001 * latencyMs.mean ? `, on the network ${msText(between)}` : "";
}

function limitFigures({ curve }: Outlook, requirements: readonly RequirementAnswer[]): readonly Figure[] {
  return requirements.flatMap(({ id, title, breaksAtPerSecond: value, required, unit }): Figure[] =>
    value === undefined || unit !== "ms"
      ? []
      : [
          {
            id: `limit.${id}`,
            title: `load up to which ${title} holds`,
            value,
            unit: "per-second",
            source: {
              kind: "derived",
              formula: "the most requests a second by the same mix at which it holds, found by halving",
              filled: `${title} is at most ${msText(required)} up to ${rateText(value)}; the peak is ${rateText(curve.peak.perSecond)}`,
              inputs: [id].filter((input) => TOLD.some((rank) => input === `latency.${rank}`)),
            },
          },
        ],
  );
}

function durabilityFigures({ model }: Outlook): readonly Figure[] {
  const known = durabilityOf(model);
  if (known === undefined) return [];
  const { store, durability, source } = known;
  return [
    {
      id: "durability",
      title: `of what is written to ${store}, outlives a year`,
      value: durability,
      unit: "share",
      source,
    },
  ];
}

function priceFigures({ resolved }: Outlook): readonly Figure[] {
  const value = totalPerMonth(resolved);
  if (value === undefined) return [];
  const priced = resolved.parts.filter((part) => part.pricePerMonth !== undefined);
  const terms = priced.map(({ name, pricePerMonth: each = 0, replicas, copies, kind }) => {
    const count = replicas * (kind === "edge" ? 1 : copies);
    return `${name} ${countText(count)} × ${countText(each)}`;
  });
  return [
    {
      id: "price",
      title: "price of all parts that have one",
      value,
      unit: "price-per-month",
      source: {
        kind: "derived",
        formula: "replicas × copies × price of one, over all parts",
        filled: `${terms.join(" + ")} = ${countText(value)}`,
        inputs: [],
      },
    },
  ];
}
