import type { EdgeModel, RouteModel } from "./edge-model.ts";
import type { ServiceModel } from "./model.ts";

/** The parts to which a route leads: those that share its requests, and the one that gets copies. */
export function targetsOf({ to, mirror }: RouteModel): readonly string[] {
  const shared = to === undefined ? [] : typeof to === "string" ? [to] : to.map((one) => one.to);
  return mirror ? [...shared, mirror.to] : shared;
}

/** The parts to which an edge leads, each once; not the fallbacks of those. */
export function targetsOfEdge({ listeners }: Pick<EdgeModel, "listeners">): readonly string[] {
  const all = listeners.flatMap((listener) => {
    if (listener.kind === "http") return listener.routes.flatMap(targetsOf);
    if (listener.kind === "udp") return [listener.to];
    return [
      ...(listener.to === undefined ? [] : [listener.to]),
      ...(listener.servers ?? []).map(({ to }) => to),
    ];
  });
  return [...new Set(all)];
}

/** The service that answers in the place of one whose breaker is open. */
export function fallbackOf({ upstream }: ServiceModel): string | undefined {
  const fallback = upstream?.breaker?.fallback;
  return fallback && "to" in fallback ? fallback.to : undefined;
}
