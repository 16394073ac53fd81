import { fallbackOf, targetsOfEdge } from "../../../design/edge-targets.ts";
import type { PartKind, PartModel, SystemModel } from "../../../design/model.ts";

/** One part's use of another, as the design has it. */
export interface DesignLink {
  readonly from: string;
  readonly fromKind: PartKind;
  readonly to: string;
  readonly toKind: PartKind;
  /** Nobody else uses what this one uses, not counting edges where it is a service: they count by themselves. */
  readonly isOnlyUser: boolean;
}

/** All links of a design, each once, in the order of its parts. Pure. */
export function linksOf({ parts }: SystemModel): readonly DesignLink[] {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const links = parts.flatMap((from) =>
    usedBy(from, byName).flatMap((name) => {
      const to = byName.get(name);
      return to ? [{ from, to }] : [];
    }),
  );
  return links.map(({ from, to }) => ({
    from: from.name,
    fromKind: from.kind,
    to: to.name,
    toKind: to.kind,
    isOnlyUser: !links.some(
      (other) =>
        other.to === to && other.from !== from && !(to.kind === "service" && other.from.kind === "edge"),
    ),
  }));
}

function usedBy(part: PartModel, byName: ReadonlyMap<string, PartModel>): readonly string[] {
  if (part.kind === "edge") {
    const names = new Set(targetsOfEdge(part));
    // A set that grows while it is gone through comes to what was added, too: a fallback may have one itself.
    for (const name of names) {
      const target = byName.get(name);
      const fallback = target?.kind === "service" ? fallbackOf(target) : undefined;
      if (fallback !== undefined) names.add(fallback);
    }
    return [...names];
  }
  return "uses" in part ? [...new Set(Object.values(part.uses))] : [];
}
