import { DEFAULT_LIMITS } from "../../../../engines/edge/limits.ts";
import type { EdgeModel } from "../../../design/edge-model.ts";
import { httpListenersOf, routesOf } from "../edge-routes.ts";
import type { Hop, ReviewedDesign } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, listed, roundedDownMs, wait } from "../wording.ts";

/** Waits that have no end, or too late a one. Pure. */

/** Callers that would wait for ever. */
export const CALLS_WITHOUT_TIMEOUT: Rule = {
  id: "timeouts/missing",
  checks: "whether each call from a service says how long it waits",
  find: (design) => byCaller(design, (hop) => !isOutside(design, hop)),
};

/** The same of what others run: it hangs sooner or later, and nobody here can mend it. */
export const OUTSIDE_WITHOUT_TIMEOUT: Rule = {
  id: "timeouts/missing-outside",
  checks: "whether each call of a part that stands elsewhere says how long it waits",
  find: (design) => byCaller(design, (hop) => isOutside(design, hop)),
};

function isOutside({ resolvedParts }: ReviewedDesign, { to }: Hop): boolean {
  return resolvedParts.get(to.name)?.external === true;
}

/** One finding for each service that calls without a timeout. */
function byCaller(design: ReviewedDesign, isAsked: (hop: Hop) => boolean): Found[] {
  const without = design.hops.filter(
    (hop) => hop.from.kind === "service" && hop.timeout === undefined && isAsked(hop),
  );
  const callers = [...new Set(without.map(({ from }) => from.name))];
  return callers.map((caller): Found => {
    const hops = without.filter(({ from }) => from.name === caller);
    const names = [...new Set(hops.map(({ to }) => to.name))];
    const outside = hops.some((hop) => isOutside(design, hop));
    const isStated = hops.some((hop) => hop.isStated);
    const first = (hops.find((hop) => hop.isStated) ?? hops[0])?.place ?? caller;
    return {
      severity: isStated || outside ? "risk" : "question",
      place: `${first}.timeout`,
      parts: [caller, ...names],
      title: isStated
        ? `${caller} waits for ${listed(names)} for ever`
        : `How long does ${caller} wait for ${listed(names)}?`,
      reason: `${outside ? "What others run hangs at times. " : ""}${fullAfter(design, hops)}`,
      mend: mendOf(caller, hops),
    };
  });
}

/** What happens when the slowest to fill of those calls hang. */
function fullAfter({ resolvedParts }: ReviewedDesign, hops: readonly Hop[]): string {
  const [worst] = hops.toSorted((one, other) => other.perSecond - one.perSecond);
  if (worst === undefined) return "";
  const caller = resolvedParts.get(worst.from.name);
  const said =
    worst.to.kind === "service"
      ? "the edge between them ends it after 30 s"
      : "no timeout is stated, so nothing ends it";
  const arriving = worst.perSecond > 0 ? `${figure(worst.perSecond)} calls a second` : "calls";
  const replicas = caller?.replicas ?? 1;
  return `When ${worst.to.name} hangs, ${arriving} pile up in ${replicas === 1 ? "one replica" : `${replicas} replicas`} of ${worst.from.name}: ${said}, and those who need nothing of ${worst.to.name} wait as well.`;
}

function mendOf(caller: string, hops: readonly Hop[]): string {
  const calls = new Map<string, Set<string>>();
  for (const { place } of hops) {
    const [, work = "default", use = ""] = /\.plan\.work\.([^.]+)\.calls\.(.+)$/.exec(place) ?? [];
    calls.set(work, (calls.get(work) ?? new Set()).add(use));
  }
  const texts = [...calls].map(([work, uses]) => {
    const each = [...uses].map((use) => `${use}: { timeout: "1 s" }`).join(", ");
    return `plan.work.${work}.calls: { ${each} }`;
  });
  return `Give the calls a timeout in the code, and say so in ${caller}: ${texts.join(" and ")}.`;
}

/** So many times the latency that is required is a wait for nothing. */
const TIMES_LATENCY = 20;

/** Edges that wait for an answer long after it is of any use. */
export const FAR_ABOVE_LATENCY: Rule = {
  id: "timeouts/far-above-latency",
  checks: "whether edges give up in a time that has to do with the latency that is required",
  find: ({ model }) => {
    const { p999Ms, p99Ms, p95Ms } = model.requires.latency ?? {};
    const latencyMs = p999Ms ?? p99Ms ?? p95Ms;
    const rank = p999Ms ? "p99.9" : p99Ms ? "p99" : "p95";
    if (latencyMs === undefined) return [];
    return model.parts.flatMap((part) => {
      if (part.kind !== "edge" || part.url !== undefined) return [];
      const long = longRoutesOf(part, latencyMs * TIMES_LATENCY);
      const [first] = long;
      if (first === undefined) return [];
      const ms = Math.max(...long.map((route) => route.ms));
      return [
        {
          severity: "advice",
          place: `${first.place}.timeouts`,
          parts: [part.name],
          title: `${part.name} waits ${wait(ms)} for what has to take ${wait(latencyMs)}`,
          reason: `The ${rank} that is required is ${wait(latencyMs)}; ${long.length === 1 ? "a request" : `a request to one of ${long.length} routes`} that takes longer keeps a connection, and a place behind it, for up to ${figure(ms / latencyMs)} times that. When a service hangs, these add up before anyone is told.`,
          mend: `In ${first.place}, write timeouts: { total: "${wait(roundedDownMs(latencyMs * 10))}" }.`,
        },
      ];
    });
  },
};

function longRoutesOf(edge: EdgeModel, mostMs: number): { readonly place: string; readonly ms: number }[] {
  const { responseTimeoutMs = DEFAULT_LIMITS.responseTimeoutMs } = edge.limits;
  return httpListenersOf(edge)
    .flatMap(routesOf)
    .filter(({ route }) => route.to !== undefined)
    .map(({ route: { timeouts = {} }, place }) => ({
      place,
      ms: Math.min(timeouts.totalMs ?? Number.POSITIVE_INFINITY, timeouts.responseMs ?? responseTimeoutMs),
    }))
    .filter(({ ms }) => ms > mostMs);
}

/** Requests that may take longer than those who end have time for them. */
export const DRAIN_SHORTER_THAN_REQUESTS: Rule = {
  id: "timeouts/drain",
  checks: "whether what is replaced gets the time that its last request may take",
  find: ({ hops }) =>
    hops.flatMap(({ from, to, route, timeout }): Found[] => {
      if (from.kind !== "edge" || to.kind !== "service" || to.url !== undefined) return [];
      if (route === undefined || !timeout?.isStated) return [];
      const { drainTimeoutMs = DEFAULT_LIMITS.drainTimeoutMs } = from.limits;
      const isDrainShort = drainTimeoutMs < timeout.ms;
      if (!isDrainShort && to.stopTimeoutMs >= timeout.ms) return [];
      const text = `"${wait(timeout.ms)}"`;
      const short = isDrainShort ? drainTimeoutMs : to.stopTimeoutMs;
      return [
        {
          severity: "advice",
          place: isDrainShort ? `${from.name}.limits.drainTimeout` : `${to.name}.stopTimeout`,
          parts: [from.name, to.name],
          title: `A replica of ${to.name} is ended before its last request has to be`,
          reason: `${route.place} lets a request take ${wait(timeout.ms)}; when a replica is replaced, ${isDrainShort ? `${from.name} waits ${wait(short)} for its last ones` : `it is killed ${wait(short)} after it was told to end`}. Those that take longer are cut at each restart.`,
          mend: isDrainShort
            ? `In ${from.name}, write limits: { drainTimeout: ${text} }${to.stopTimeoutMs < timeout.ms ? `, and in ${to.name}, stopTimeout: ${text}` : ""}.`
            : `In ${to.name}, write stopTimeout: ${text}.`,
        },
      ];
    }),
};
