import type { ResolvedPart } from "../resolved-model.ts";
import { type Hop, meanMsOf, type ReviewedDesign } from "./reviewed-design.ts";

/** How busy parts are at the peak, as far as their own work and their places tell. Pure. */

/** How many requests one replica can work off in a second, if each takes so long. */
export function capacityPerSecond({ places }: Pick<ResolvedPart, "places">, meanMs: number): number {
  return (places * 1_000) / meanMs;
}

/** The share of a part's places that are busy at the peak; above 1, more comes in than it can work off. */
export function utilisationOf(design: ReviewedDesign, part: string): number {
  const answered = design.estimate?.parts.find(({ name }) => name === part)?.utilisation;
  if (answered !== undefined) return answered;
  const resolved = design.resolvedParts.get(part);
  if (resolved === undefined) return 0;
  const own = design.hops.filter(({ to }) => to.name === part);
  const entering = design.resolved.classes.filter(({ way }) => way.part === part);
  const busyMs =
    own.reduce((sum, { perSecond, call }) => sum + perSecond * call.to.time.meanMs, 0) +
    entering.reduce((sum, { peakPerSecond, way }) => sum + peakPerSecond * way.time.meanMs, 0);
  return busyMs / (1_000 * resolved.places * resolved.replicas);
}

/** How many requests a second a database would get of a cache's users if that had nothing, and how busy that would make it. */
export function withoutCache(
  design: ReviewedDesign,
  database: string,
  cache: string,
): { readonly perSecond: number; readonly utilisation: number } {
  const part = design.resolvedParts.get(database);
  if (part === undefined) return { perSecond: 0, utilisation: 0 };
  let perSecond = 0;
  let busyMs = 0;
  for (const hop of design.hops) {
    if (hop.to.name !== database) continue;
    const rate = hop.call.onMissOf === cache ? unsparedPerSecond(hop) : hop.perSecond;
    perSecond += rate;
    busyMs += rate * hop.call.to.time.meanMs;
  }
  return { perSecond, utilisation: busyMs / (1_000 * part.places * part.replicas) };
}

/** The rate of a call if each request made it, whatever a cache has. */
export function unsparedPerSecond({ outside, requests, call }: Hop): number {
  return (outside?.perSecond ?? requests.peakPerSecond) * call.times;
}

/** The mean time of a call with the way there and back, in ms. */
export function callMsOf({ call }: Hop): number {
  return call.networkMs + meanMsOf(call.to);
}
