import { DEFAULT_LIMITS } from "../../../../engines/edge/limits.ts";
import { targetsOf } from "../../../design/edge-targets.ts";
import type { ServiceModel } from "../../../design/model.ts";
import type { BoundsModel } from "../../../design/upstream-model.ts";
import { httpListenersOf, routesOf } from "../edge-routes.ts";
import { isPublic } from "../public-address.ts";
import { type Hop, outsideOf, type ReviewedDesign } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, listed, wait } from "../wording.ts";

/** Lines that are longer than anyone waits, and doors without a doorman. Pure. */

/** The bounds that hold where a design states none: see the design language, "Upstream". */
const DEFAULT_BOUNDS = { connections: 1_024, pending: 1_024, pendingMs: 3_000 } as const;

/** Bounds that nobody chose are told of only where they are far beyond what anyone waits. */
const DEFAULT_LINE_TIMES = 5;

/** Whoever is let in last waits until after his timeout. */
export const LONGER_THAN_THE_TIMEOUT: Rule = {
  id: "queues/longer-than-the-timeout",
  checks: "whether a service lets in more than it can answer before callers give up",
  find: (design) =>
    design.hops.flatMap((hop): Found[] => {
      const { to } = hop;
      const line = lineOf(design, hop);
      const timeoutMs = Math.min(
        ...[hop, ...outsideOf(hop)].map(({ timeout }) => timeout?.ms ?? DEFAULT_LIMITS.responseTimeoutMs),
      );
      if (to.kind !== "service" || line === undefined) return [];
      if (line.waitMs <= timeoutMs * (line.isStated ? 1 : DEFAULT_LINE_TIMES)) return [];
      const fitting = Math.max(1, Math.floor(((timeoutMs / line.meanMs) * line.places * line.replicas) / 2));
      return [
        {
          severity: line.isStated ? "risk" : "advice",
          place: `${to.name}.upstream.bounds`,
          parts: [hop.from.name, to.name],
          title: `Whoever is last in line for ${to.name} is served after he has left`,
          reason: `${figure(line.requests)} requests may be under way at each replica, which works on ${line.places} at once for ${wait(line.meanMs)} each: the last one waits ${wait(line.waitMs)}, and ${hop.from.name} gives up after ${wait(timeoutMs)}. When it is overloaded, it works for those who have left.`,
          mend: `In ${to.name}, write upstream: { bounds: { requests: ${fitting}, pending: 0 } }: beyond that, callers are told 503 at once.`,
        },
      ];
    }),
};

interface Line {
  readonly requests: number;
  readonly meanMs: number;
  readonly places: number;
  readonly replicas: number;
  readonly waitMs: number;
  readonly isStated: boolean;
}

/** The longest line that a service's bounds allow in front of one of its replicas. */
function lineOf({ resolvedParts }: ReviewedDesign, { to, call }: Hop): Line | undefined {
  const part = resolvedParts.get(to.name);
  if (part === undefined || part.external || to.kind !== "service") return undefined;
  const bounds: BoundsModel = to.upstream?.bounds ?? {};
  const { connections, pending, pendingMs } = { ...DEFAULT_BOUNDS, ...bounds };
  const { places, replicas } = part;
  const { meanMs } = call.to.time;
  // By HTTP/2 one connection bears many requests: only a bound on these says how many.
  const isMany = to.upstream?.protocol === "http2" && bounds.requests === undefined;
  if (isMany || meanMs === 0) return undefined;
  const inside = Math.min(connections, (bounds.requests ?? Number.POSITIVE_INFINITY) / replicas);
  const workMs = (count: number) => (count * meanMs) / places;
  const waitMs = workMs(inside) + Math.min(pendingMs, workMs(pending / replicas));
  return { requests: inside, meanMs, places, replicas, waitMs, isStated: to.upstream?.bounds !== undefined };
}

/** Everyone who comes is let in. */
export const NO_ADMISSION_CONTROL: Rule = {
  id: "queues/no-admission-control",
  checks: "whether services behind a public address bound what they take",
  find: (design) =>
    design.model.parts.flatMap((edge) => {
      if (edge.kind !== "edge" || edge.url !== undefined) return [];
      return httpListenersOf(edge).flatMap((placed): Found[] => {
        if (!isPublic(placed.listener.host)) return [];
        const unbound = [...new Set(routesOf(placed).flatMap(({ route }) => targetsOf(route)))].flatMap(
          (name) => {
            const part = design.parts.get(name);
            return part?.kind === "service" && part.upstream?.bounds?.requests === undefined ? [part] : [];
          },
        );
        const names = unbound.map(({ name }) => name);
        const [first] = unbound;
        if (first === undefined) return [];
        return [
          {
            severity: "advice",
            place: `${first.name}.upstream.bounds.requests`,
            parts: [edge.name, ...names],
            title: `Anyone may ask ${listed(names)} for as much as he likes`,
            reason: `${placed.place} listens at ${placed.listener.host}, and nothing says how many requests may be under way: up to ${figure(DEFAULT_LIMITS.connections)} connections are let in, each with the next request. One client can take the place of all others.`,
            mend: `In ${first.name}, write upstream: { bounds: { requests: ${concurrencyOf(design, first)} } }, and limit each client with trestle/flow/rate-limit.`,
          },
        ];
      });
    }),
};

/** Four times what its places hold: enough for bursts, few enough to be told soon. */
function concurrencyOf({ resolvedParts }: ReviewedDesign, { name, replicas }: ServiceModel): number {
  const part = resolvedParts.get(name);
  return Math.min(1_000_000, Math.max(64, 4 * (part?.places ?? 1) * replicas));
}
