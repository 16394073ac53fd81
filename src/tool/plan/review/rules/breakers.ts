import { fallbackOf } from "../../../design/edge-targets.ts";
import type { PartModel, ServiceModel } from "../../../design/model.ts";
import type { ReviewedDesign } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { listed, wait } from "../wording.ts";

/** What callers get while a service is spared. Pure. */

/** An open breaker that answers nothing. */
export const BREAKER_WITHOUT_FALLBACK: Rule = {
  id: "breakers/without-fallback",
  checks: "whether a breaker has something to answer with while it is open",
  find: ({ model }) =>
    model.parts.flatMap((part): Found[] => {
      if (part.kind !== "service" || !part.upstream?.breaker || part.upstream.breaker.fallback) return [];
      const { openMs = 5_000 } = part.upstream.breaker;
      return [
        {
          severity: "advice",
          place: `${part.name}.upstream.breaker.fallback`,
          parts: [part.name],
          title: `While the breaker of ${part.name} is open, everyone is told 503`,
          reason: `It opens for ${wait(openMs)} at a time, also for requests that would have succeeded. Whoever calls has to know what to do without ${part.name}.`,
          mend: `In ${part.name}.upstream.breaker, write fallback: { status: 200, body: "…" } or a service that answers in its place; or let callers keep the last good answer.`,
        },
      ];
    }),
};

/** A stand-in that fails with what it stands in for. */
export const FALLBACK_SHARES_THE_FATE: Rule = {
  id: "breakers/fallback-shares-the-fate",
  checks: "whether a fallback depends on what the service depends on",
  find: (design) =>
    design.model.parts.flatMap((part): Found[] => {
      const fallback = part.kind === "service" ? design.parts.get(fallbackOf(part) ?? "") : undefined;
      if (part.kind !== "service" || fallback?.kind !== "service") return [];
      const needed = neededBy(design, part);
      const shared = [...neededBy(design, fallback)].filter((name) => needed.has(name));
      if (shared.length === 0) return [];
      return [
        {
          severity: "advice",
          place: `${part.name}.upstream.breaker.fallback`,
          parts: [part.name, fallback.name, ...shared],
          title: `${fallback.name} stands in for ${part.name}, and both need ${listed(shared)}`,
          reason: `When ${part.name} fails because of ${listed(shared)}, ${fallback.name} fails as well, just when it is asked.`,
          mend: `Let ${fallback.name} answer without ${listed(shared)}, or write an answer in its place: fallback: { status: 200, body: "…" }.`,
        },
      ];
    }),
};

/** Every part that a service uses, or those use; tasks are over by then. */
function neededBy({ parts }: ReviewedDesign, service: ServiceModel): ReadonlySet<string> {
  const needed = new Set<string>();
  const add = (part: PartModel | undefined) => {
    if (part?.kind !== "service") return;
    for (const name of Object.values(part.uses)) {
      if (needed.has(name) || parts.get(name)?.kind === "task") continue;
      needed.add(name);
      add(parts.get(name));
    }
  };
  add(service);
  return needed;
}
