import { utilisationOf } from "../load.ts";
import type { ReviewedDesign } from "../reviewed-design.ts";
import type { Rule } from "../rule.ts";
import { figure, share, wait } from "../wording.ts";

/** Whether there is room: for a failure, for growth, and for the time that scaling takes. Pure. */

/** What is left when one of several replicas fails at the peak. */
export const NO_ROOM_FOR_A_FAILURE: Rule = {
  id: "scale/room-for-a-failure",
  checks: "whether the replicas that are left can bear the peak when one fails",
  find: (design) =>
    design.resolved.parts.flatMap(({ name, kind, replicas, scaling }) => {
      const utilisation = utilisationOf(design, name);
      const left = (utilisation * replicas) / (replicas - 1);
      if (kind !== "service" || replicas < 2 || scaling || utilisation > 1 || left <= 1) return [];
      return [
        {
          severity: design.model.requires.availability === undefined ? "advice" : "risk",
          place: `${name}.replicas`,
          parts: [name],
          title: `${name} has no room for the failure of a replica`,
          reason: `At the peak its ${replicas} replicas are busy for ${share(utilisation)} of the time. With one gone the others would have to be busy for ${share(left)}: queues grow until it is back, and more than one is lost.`,
          mend: `In ${name}, write replicas: ${Math.floor(utilisation * replicas) + 2}.`,
        },
      ];
    }),
};

/** Growth of a year, and of the years after. */
export const GROWTH: Rule = {
  id: "scale/growth",
  checks: "whether the parts can bear the growth of a year",
  find: (design) => {
    const growth = design.model.requires.growthPerYear;
    const full = bottleneckOf(design);
    const peak = design.resolved.classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
    if (growth === undefined || growth === 0 || full === undefined || peak === 0) return [];
    if (full.perSecond >= peak * (1 + growth) || full.perSecond < peak) return [];
    const years = Math.log(full.perSecond / peak) / Math.log(1 + growth);
    return [
      {
        severity: "advice",
        place: "requires.growthPerYear",
        parts: [full.part],
        title: `In ${wait(years * 31_536_000_000)} the traffic will be more than ${full.part} can bear`,
        reason: `The peak is ${figure(peak)}/s and grows by ${share(growth)} a year, to ${figure(peak * (1 + growth))}/s; ${full.part} is full at ${figure(full.perSecond)}/s.`,
        mend: mendOf(design, full.part, (peak * (1 + growth)) / full.perSecond),
      },
    ];
  },
};

/** How long new replicas are of no help. */
export const SLOW_START_UP: Rule = {
  id: "scale/start-up",
  checks: "whether replicas that follow the load are ready in time",
  find: ({ resolved, parts }) =>
    resolved.parts.flatMap(({ name, scaling }) => {
      const part = parts.get(name);
      if (!scaling || part?.kind !== "service" || part.startTimeoutMs <= START_UP_MS) return [];
      return [
        {
          severity: "advice",
          place: `${name}.startTimeout`,
          parts: [name],
          title: `${name} may take ${wait(part.startTimeoutMs)} until a new replica serves`,
          reason: `Its replicas follow the load, from ${scaling.min} to ${scaling.max}. What comes in before a new one is ready meets those that are there: a rise within ${wait(part.startTimeoutMs)} has to fit into them.`,
          mend: `In ${name}, write startTimeout: "30 s" once it starts as quickly, or a higher replicas: { min: ${scaling.min + 1}, … }.`,
        },
      ];
    }),
};

/** The default; what takes no longer is not asked about. */
const START_UP_MS = 30_000;

/** Who has to come back to the same replica cannot be moved. */
export const STAYS_WITH_A_REPLICA: Rule = {
  id: "scale/state-in-replicas",
  checks: "whether clients are kept with one replica",
  find: ({ model }) =>
    model.parts.flatMap((part) => {
      if (part.kind !== "service" || part.upstream?.affinity === undefined || part.replicas < 2) return [];
      return [
        {
          severity: "question",
          place: `${part.name}.upstream.affinity`,
          parts: [part.name],
          title: `${part.name} keeps clients with a replica: is there state that is lost with it?`,
          reason: `When one of the ${part.replicas} replicas fails or is replaced, ${share(1 / part.replicas)} of the clients lose what only it knew. New replicas get new clients alone, so that scaling helps late.`,
          mend: `Keep sessions in a cache that all replicas use, and take affinity out of ${part.name}.upstream.`,
        },
      ];
    }),
};

function bottleneckOf(
  design: ReviewedDesign,
): { readonly part: string; readonly perSecond: number } | undefined {
  if (design.estimate) return design.estimate.bottleneck;
  const peak = design.resolved.classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  const busiest = design.resolved.parts
    .map(({ name }) => ({ part: name, utilisation: utilisationOf(design, name) }))
    .reduce((most, one) => (one.utilisation > most.utilisation ? one : most), { part: "", utilisation: 0 });
  return busiest.utilisation > 0 ? { part: busiest.part, perSecond: peak / busiest.utilisation } : undefined;
}

function mendOf({ resolvedParts }: ReviewedDesign, name: string, times: number): string {
  const part = resolvedParts.get(name);
  const replicas = Math.ceil((part?.replicas ?? 1) * times);
  if (part?.kind === "service") return `In ${name}, write replicas: ${replicas}.`;
  if (part?.kind === "edge") return `In ${name}, write workers: ${replicas}.`;
  return `In ${name}, write plan: { concurrency: ${Math.ceil((part?.places ?? 1) * times)} } once it stands on a larger machine, or take work from it.`;
}
