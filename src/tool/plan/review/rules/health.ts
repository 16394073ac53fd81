import { fallbackOf, targetsOfEdge } from "../../../design/edge-targets.ts";
import type { ServiceModel } from "../../../design/model.ts";
import type { ReviewedDesign } from "../reviewed-design.ts";
import type { Rule } from "../rule.ts";
import { wait } from "../wording.ts";

/** Whether somebody notices that a replica is ill, and that the whole is. Pure. */

/** Nobody asks a replica how it is. */
export const HEALTH_MISSING: Rule = {
  id: "health/missing",
  checks: "whether services are checked while they run",
  find: (design) =>
    design.model.parts.flatMap((part) => {
      if (part.kind !== "service" || part.health !== undefined || !isCalled(design, part)) return [];
      const several = part.replicas > 1;
      return [
        {
          severity: several ? "risk" : "advice",
          place: `${part.name}.health`,
          parts: [part.name],
          title: `Nobody checks whether ${part.name} can serve`,
          reason: several
            ? `An open port counts as ready. Of its ${part.replicas} replicas one that hangs, or has lost what it needs, goes on getting one request in ${part.replicas} until enough of them have failed.`
            : "An open port counts as ready: one that hangs, or has lost what it needs, is neither told nor left out.",
          mend: `In ${part.name}, write health: "/healthz", and answer 2xx there when it can serve.`,
        },
      ];
    }),
};

/** A check that is still waiting when the next one is due. */
export const HEALTH_SLOWER_THAN_ITS_INTERVAL: Rule = {
  id: "health/timeout-and-interval",
  checks: "whether a check is over before the next one begins",
  find: ({ model }) =>
    model.parts.flatMap((part) => {
      if (part.kind !== "service" || part.health === undefined || part.health.kind === "process") return [];
      const { intervalMs = 2_000, timeoutMs = 1_000, unhealthyAfter = 3 } = part.health;
      if (timeoutMs <= intervalMs) return [];
      return [
        {
          severity: "advice",
          place: `${part.name}.health.timeout`,
          parts: [part.name],
          title: `A check of ${part.name} may take longer than the time to the next`,
          reason: `It waits up to ${wait(timeoutMs)}, and one is due every ${wait(intervalMs)}: a replica that hangs is out after ${wait(unhealthyAfter * timeoutMs)}, not after ${wait(unhealthyAfter * intervalMs)}.`,
          mend: `In ${part.name}.health, write timeout: "${wait(intervalMs)}".`,
        },
      ];
    }),
};

/** Nobody sees what happens. */
export const NOT_OBSERVED: Rule = {
  id: "health/not-observed",
  checks: "whether the system is observed while it runs",
  find: ({ model }) =>
    model.telemetry !== undefined
      ? []
      : [
          {
            severity: "advice",
            place: "telemetry",
            parts: [],
            title: "Nothing is observed of the system while it runs",
            reason:
              "Telemetry is turned off: nobody is told whether the system does what is required of it, and after a failure there is nothing to look at.",
            mend: "In system, take telemetry: false out.",
          },
        ],
};

function isCalled({ model }: ReviewedDesign, { name }: ServiceModel): boolean {
  return model.parts.some(
    (part) =>
      (part.kind === "edge" && targetsOfEdge(part).includes(name)) ||
      (part.kind === "service" && (Object.values(part.uses).includes(name) || fallbackOf(part) === name)),
  );
}
