import { checkSystem } from "../../../../design/check/system.ts";
import { cache, database, edge, service, system } from "../../../../design/index.ts";
import type { SystemModel } from "../../../../design/model.ts";
import type { PlanAnswer, SimulationAnswer } from "../../../plan-answer.ts";
import type { Sweep } from "../../../sweep/index.ts";
import { demoAnswer, demoFindings, demoSimulation } from "../../testing/demo-answer.ts";

/** The design of the answer that was made by hand. */
export const demoModel: SystemModel = modelOfDemo();

/** An answer with all that a page can show, each of its charts included. */
export const wholeAnswer: PlanAnswer = {
  ...demoAnswer,
  loads: Array.from({ length: 30 }, (_, at) => {
    const perSecond = (at + 1) * 279;
    const free = 1 - perSecond / 8_370;
    return { perSecond, p50Ms: free > 0 ? 1.2 / free : Infinity, p99Ms: free > 0 ? 4 / free : Infinity };
  }),
  findings: demoFindings,
  simulation: {
    ...demoSimulation,
    failedBy: { refused: 10, lost: 2 },
    notes: ["links has no disk."],
    series: series(),
  },
};

/** A setting whose values add, and one whose values multiply; one value was refused. */
export const demoSweeps: readonly Sweep[] = [
  sweepAlong("shortener.replicas", ["1", "2", "3", "4", "5", "6"]),
  sweepAlong("hot.memory", ["16MiB", "32MiB", "64MiB", "128MiB", "256MiB", "512MiB", "1GiB"]),
];

function modelOfDemo(): SystemModel {
  const links = database("links");
  const hot = cache("hot");
  const shortener = service("shortener", { run: "server.ts", uses: { links, hot } });
  const front = edge("front", { port: 8080, routes: [{ path: "/", to: shortener }] });
  const { model } = checkSystem(system("shortener", { parts: [front] }), { folder: "/", environment: {} });
  if (model === undefined) throw new Error("the demo's design has to be one");
  return model;
}

/** Named as the simulator names them, with what a trouble in the middle of a run does. */
function series(): SimulationAnswer["series"] {
  const over = (valueAt: (at: number) => number | null) => Array.from({ length: 60 }, (_, at) => valueAt(at));
  const isTrouble = (at: number) => at >= 20 && at < 30;
  const part = (name: string, busy: number) => [
    { name: `${name} calls`, unit: "per-second", values: over(() => 6_900) },
    { name: `${name} utilisation`, unit: "share", values: over((at) => (isTrouble(at) ? 1 : busy)) },
    { name: `${name} waiting`, unit: "count", values: over((at) => (isTrouble(at) ? at * busy : 0)) },
    {
      name: `${name} replicas`,
      unit: "count",
      values: over((at) => (name === "shortener" && at > 25 ? 3 : 2)),
    },
  ];
  return [
    { name: "offered", unit: "per-second", values: over((at) => 6_900 + at) },
    { name: "answered", unit: "per-second", values: over((at) => (isTrouble(at) ? 4_000 : 6_900)) },
    { name: "refused", unit: "per-second", values: over((at) => (isTrouble(at) ? 2_900 : 0)) },
    { name: "shed", unit: "per-second", values: over(() => 0) },
    { name: "p50", unit: "ms", values: over((at) => (isTrouble(at) ? 40 : 2)) },
    { name: "p99", unit: "ms", values: over((at) => (at === 21 ? null : isTrouble(at) ? 900 : 8)) },
    ...part("links", 0.31),
    ...part("hot", 0.12),
    { name: "hot hits", unit: "share", values: over((at) => (isTrouble(at) ? 0.2 : 0.95)) },
    ...part("shortener", 0.83),
    ...part("front", 0.45),
    { name: "whatever else", unit: "bytes", values: over((at) => at) },
  ];
}

function sweepAlong(path: string, values: readonly string[]): Sweep {
  const points = values.map((value, at): Sweep["points"][number] =>
    at === 5
      ? { value, requirements: [], refused: `${path}: ${value} is more than there is` }
      : {
          value,
          requirements: [
            {
              id: "latency.p99",
              predicted: at === 0 ? Infinity : 300 / at,
              state: at === 0 ? "fails" : "holds",
            },
            { id: "availability", predicted: 1 - 0.0009 / (at + 1), state: "fails" },
            { id: "durability", state: "unknown" },
          ],
          bottleneck: { part: at > 2 ? "links" : "shortener", perSecond: 4_000 * (at + 1) },
          pricePerMonth: 100 + 40 * at,
        },
  );
  return {
    path,
    points,
    requirements: [
      {
        id: "latency.p99",
        title: "latency p99",
        unit: "ms",
        bound: "at-most",
        required: 200,
        turns: [{ from: values[0] ?? "", to: values[1] ?? "", state: "holds" }],
        knee: values[2] ?? "",
        afterKnee: "less",
      },
      {
        id: "availability",
        title: "availability",
        unit: "share",
        bound: "at-least",
        required: 0.9999,
        turns: [],
      },
      {
        id: "durability",
        title: "durability",
        unit: "share",
        bound: "at-least",
        required: 0.99999999,
        turns: [],
      },
    ],
  };
}
