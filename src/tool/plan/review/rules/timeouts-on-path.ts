import { type Hop, outsideOf, type Timeout, trailOf } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { roundedDownMs, wait } from "../wording.ts";

/** Timeouts of a whole path: each has to leave room within those around it. Pure. */

/** A wait that the outer side of which is over sooner. */
export const INSIDE_LONGER_THAN_OUTSIDE: Rule = {
  id: "timeouts/inside-longer-than-outside",
  checks: "whether a timeout inside is longer than one around it, along whole paths",
  find: ({ hops }) => hops.flatMap((hop) => [...withinRoute(hop), ...withinPath(hop)]),
};

/** Attempts that all together do not fit. */
export const TRIES_LONGER_THAN_OUTSIDE: Rule = {
  id: "timeouts/tries-longer-than-outside",
  checks: "whether all attempts together fit into the timeouts around them",
  find: ({ hops }) => hops.flatMap((hop) => [...triesOfRoute(hop), ...triesOfCall(hop)]),
};

function withinPath(hop: Hop): Found[] {
  const outer = tightestAround(hop);
  const { timeout } = hop;
  if (outer === undefined || !timeout?.isStated || timeout.ms <= outer.timeout.ms) return [];
  const trail = trailOf(hop);
  return [
    {
      severity: "risk",
      place: optionOf(hop),
      parts: trail,
      title: `${hop.from.name} waits longer for ${hop.to.name} than anyone waits for it`,
      reason: `Along ${trail.join(" → ")}, ${optionOf(hop)} is ${wait(timeout.ms)}, and around it ${outer.place} gives up after ${wait(outer.timeout.ms)}${outer.timeout.isStated ? "" : ", an edge's default"}. From then on ${hop.from.name} and ${hop.to.name} work for nobody, when they have the least time for it.`,
      mend: `In ${hop.place}, write timeout: "${wait(roomWithin(outer.timeout.ms, hop.retries))}", or let ${outer.place} wait longer than ${wait(timeout.ms * (1 + hop.retries))}.`,
    },
  ];
}

function withinRoute({ route, to, from }: Hop): Found[] {
  const { responseMs, totalMs } = route?.route.timeouts ?? {};
  if (route === undefined || responseMs === undefined || totalMs === undefined || responseMs <= totalMs)
    return [];
  return [
    {
      severity: "advice",
      place: `${route.place}.timeouts.response`,
      parts: [from.name, to.name],
      title: `${from.name} never waits as long for an answer of ${to.name} as its route says`,
      reason: `response is ${wait(responseMs)}, and total, which holds for everything, ${wait(totalMs)}: the former never ends anything.`,
      mend: `In ${route.place}.timeouts, write response: "${wait(roundedDownMs(totalMs * 0.8))}", or leave it out.`,
    },
  ];
}

function triesOfCall(hop: Hop): Found[] {
  const outer = tightestAround(hop);
  const { timeout, retries, from, to } = hop;
  if (outer === undefined || hop.route || !timeout?.isStated || retries === 0) return [];
  const all = timeout.ms * (1 + retries);
  if (timeout.ms > outer.timeout.ms || all <= outer.timeout.ms) return [];
  const fitting = Math.floor(outer.timeout.ms / timeout.ms);
  return [
    {
      severity: "advice",
      place: `${hop.place}.retries`,
      parts: trailOf(hop),
      title: `The last attempts of ${from.name} at ${to.name} come when nobody waits any more`,
      reason: `${1 + retries} attempts of ${wait(timeout.ms)} take up to ${wait(all)}, pauses left out; ${outer.place} gives up after ${wait(outer.timeout.ms)}, when ${fitting} ${fitting === 1 ? "has" : "have"} been made.`,
      mend: `In ${hop.place}, write timeout: "${wait(roomWithin(outer.timeout.ms, retries))}"${fitting > 1 ? ` or retries: ${fitting - 1}` : " or retries: 0"}.`,
    },
  ];
}

function triesOfRoute({ route, from, to }: Hop): Found[] {
  const { timeouts, retries } = route?.route ?? {};
  const { perTryMs, attempts = 1 } = retries ?? {};
  const totalMs = timeouts?.totalMs;
  if (route === undefined || perTryMs === undefined || totalMs === undefined || attempts === 0) return [];
  const all = perTryMs * (1 + attempts);
  if (all <= totalMs) return [];
  return [
    {
      severity: "advice",
      place: `${route.place}.retries`,
      parts: [from.name, to.name],
      title: `${from.name} has no time for the attempts at ${to.name} that its route allows`,
      reason: `${1 + attempts} attempts of ${wait(perTryMs)} take up to ${wait(all)}; total ends them all after ${wait(totalMs)}.`,
      mend: `In ${route.place}.retries, write perTry: "${wait(roundedDownMs(totalMs / (1 + attempts)))}", or a total of "${wait(all)}".`,
    },
  ];
}

/** The shortest of the timeouts around a step, the step itself left out. */
function tightestAround(hop: Hop): { readonly timeout: Timeout; readonly place: string } | undefined {
  let tightest: { readonly timeout: Timeout; readonly place: string } | undefined;
  for (const outer of outsideOf(hop)) {
    const { timeout } = outer;
    if (timeout && (tightest === undefined || timeout.ms < tightest.timeout.ms))
      tightest = { timeout, place: optionOf(outer) };
  }
  return tightest;
}

/** What of a timeout around them so many attempts may take each, with a fifth to spare. */
function roomWithin(outerMs: number, retries: number): number {
  return roundedDownMs((outerMs * 0.8) / (1 + retries));
}

function optionOf({ place, from }: Hop): string {
  return `${place}.${from.kind === "edge" ? "timeouts" : "timeout"}`;
}
