import type { Stay } from "./resolved-model.ts";

/**
 * How often a request comes to each part on its way, on average. A stay that several calls lead to is looked at once, however many ways
 * there are. Pure.
 */
export function visitsOf(way: Stay): ReadonlyMap<string, number> {
  const visits = new Map<string, number>();
  for (const [stay, count] of stayVisits(way)) {
    visits.set(stay.part, (visits.get(stay.part) ?? 0) + count);
  }
  return visits;
}

/** The same by stay, those that call before those that are called. */
export function stayVisits(way: Stay): ReadonlyMap<Stay, number> {
  const counts = new Map<Stay, number>();
  for (const stay of callersFirst(way)) counts.set(stay, stay === way ? 1 : 0);
  for (const [stay, count] of counts) {
    for (const { to, times, share } of stay.calls)
      counts.set(to, (counts.get(to) ?? 0) + count * times * share);
  }
  return counts;
}

/** Every stay once, each before those that it calls. Designs have no circles. */
function callersFirst(way: Stay): readonly Stay[] {
  const done = new Set<Stay>();
  const order: Stay[] = [];
  const visit = (stay: Stay): void => {
    if (done.has(stay)) return;
    done.add(stay);
    for (const { to } of stay.calls) visit(to);
    order.push(stay);
  };
  visit(way);
  return order.reverse();
}
