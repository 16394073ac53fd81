import { defaultOf } from "../../defaults/index.ts";
import type { ResolvedPart } from "../../resolved-model.ts";
import type { Hop, ReviewedDesign } from "../reviewed-design.ts";
import type { Rule } from "../rule.ts";
import { downPerYear, listed, share } from "../wording.ts";

/** What stands alone, and where. Pure. */

/** Parts in series: their availabilities multiply. */
export const SINGLE_POINTS_OF_FAILURE: Rule = {
  id: "availability/single-points-of-failure",
  checks: "whether the parts that stand alone can give the availability that is required",
  find: (design) => {
    const required = design.model.requires.availability;
    if (required === undefined) return [];
    const worst = design.resolved.classes
      .map(({ name }) => aloneOn(design, name))
      .map((alone) => ({ alone, availability: alone.reduce((all, one) => all * one.availability, 1) }))
      .reduce((low, one) => (one.availability < low.availability ? one : low), {
        alone: [] as readonly ResolvedPart[],
        availability: 1,
      });
    const { availability } = worst;
    if (availability >= required || worst.alone.length === 0) return [];
    const alone = worst.alone.toSorted((one, other) => one.availability - other.availability);
    const names = alone.map(({ name }) => name);
    const [first = ""] = names;
    const stand = names.length > 1 ? "stand alone" : "stands alone";
    return [
      {
        severity: "risk",
        place: placeOf(alone[0]) ?? first,
        parts: names,
        title: `${listed(names)} ${stand}, and ${share(required)} cannot be kept`,
        reason: `${productOf(alone, availability)}: down for ${downPerYear(availability)} a year, where ${downPerYear(required)} are allowed. ${names.length > 1 ? "Each of them" : "It"} takes everything with it when it fails.`,
        mend: `${alone.map(mendOf).join(" ")} Or state what is really given, as plan: { availability }.`,
      },
    ];
  },
};

/** Several replicas in one place. */
export const ONE_ZONE: Rule = {
  id: "availability/one-zone",
  checks: "whether parts that have several replicas have them all in one place",
  find: ({ model, resolved }) => {
    const required = model.requires.availability;
    const zone = defaultOf("zone.availability");
    const together = resolved.parts.filter(
      ({ external, replicas, copies, zones, kind }) =>
        !external && zones === 1 && (kind === "service" ? replicas > 1 : copies > 1),
    );
    const names = together.map(({ name }) => name);
    const [first] = names;
    if (required === undefined || required <= zone.value || first === undefined) return [];
    return [
      {
        severity: "advice",
        place: `${first}.plan.zones`,
        parts: names,
        title: `${listed(names)} ${names.length > 1 ? "have" : "has"} every replica in one place`,
        reason: `What fails there fails them all: fire, power, the network, the machine where there is only one. A zone is up for about ${share(zone.value)}, ${downPerYear(zone.value)} down a year; ${share(required)} allows ${downPerYear(required)}.`,
        mend: `Spread them, and say so: ${names.map((name) => `in ${name}, write plan: { zones: 2 }`).join("; ")}.`,
      },
    ];
  },
};

/** Zones that do not share the replicas alike. */
export const UNEVEN_ZONES: Rule = {
  id: "availability/uneven-zones",
  checks: "whether the zones of a part have as many replicas each",
  find: ({ resolved }) =>
    resolved.parts.flatMap(({ name, kind, zones, replicas, copies, scaling }) => {
      const all = kind === "service" ? replicas : copies;
      if (zones < 2 || scaling || all % zones === 0) return [];
      const most = Math.ceil(all / zones);
      const option = kind === "service" ? "replicas" : "plan: { copies";
      const close = option.startsWith("plan") ? " }" : "";
      return [
        {
          severity: "advice",
          place: `${name}.plan.zones`,
          parts: [name],
          title: `${name} cannot share ${all} ${all === 1 ? "replica" : "replicas"} evenly among ${zones} zones`,
          reason:
            all < zones
              ? `${zones - all} of the zones have none: losing the wrong one loses ${share(most / all)} of it.`
              : `The zone with the most has ${most}: when it fails, ${share(most / all)} of the replicas are gone, not ${share(1 / zones)}.`,
          mend: `In ${name}, write ${option}: ${most * zones}${close}.`,
        },
      ];
    }),
};

/** What every request of a class needs, and there is one of. */
function aloneOn({ resolved, resolvedParts, hops }: ReviewedDesign, requests: string): ResolvedPart[] {
  const entry = resolved.classes.find(({ name }) => name === requests)?.way.part;
  const needed = hops
    .filter((hop) => hop.requests.name === requests && isNeeded(hop))
    .map(({ to }) => to.name);
  const names = new Set([...(entry === undefined ? [] : [entry]), ...needed]);
  return [...names].flatMap((name) => {
    const part = resolvedParts.get(name);
    return part && isAlone(part) ? [part] : [];
  });
}

function productOf(alone: readonly ResolvedPart[], availability: number): string {
  const factors = alone.map((one) => `${one.name} ${share(one.availability)}`).join(" × ");
  return alone.length > 1 ? `${factors} = ${share(availability)}` : factors;
}

/** Not what is optional, nor what is behind that. */
function isNeeded({ call, outside }: Hop): boolean {
  return !call.optional && (outside === undefined || isNeeded(outside));
}

function isAlone({ replicas, copies, scaling, kind, external }: ResolvedPart): boolean {
  if (external) return true;
  // An edge's workers share a machine: what stands in for it is another edge.
  return kind === "service" ? (scaling?.min ?? replicas) === 1 : copies === 1;
}

function placeOf(part: ResolvedPart | undefined): string | undefined {
  if (part === undefined || part.external) return part?.name;
  return part.kind === "service" ? `${part.name}.replicas` : `${part.name}.plan.copies`;
}

function mendOf({ name, kind, external }: ResolvedPart): string {
  if (external) return `${name} is not ours: let its callers do without it for a while.`;
  if (kind === "service") return `In ${name}, write replicas: 2.`;
  if (kind === "edge")
    return `In ${name}, write plan: { copies: 2 } once two of it stand behind one address.`;
  return `In ${name}, write plan: { copies: 2, failover: "30 s" } once it has a copy that takes over.`;
}
