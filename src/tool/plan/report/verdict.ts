import type { PlanAnswer, RequirementAnswer } from "../plan-answer.ts";

/** What a whole plan comes to, in a sentence. Pure. */
export interface Verdict {
  readonly state: RequirementAnswer["state"];
  readonly sentence: string;
}

/** The verdict on all requirements together: one that fails is what counts, then one that is open. */
export function verdictText({ system, requirements }: Pick<PlanAnswer, "system" | "requirements">): Verdict {
  const count = (state: RequirementAnswer["state"]) =>
    requirements.filter((one) => one.state === state).length;
  const all = requirements.length;
  const [failing, open] = [count("fails"), count("unknown")];
  if (all === 0)
    return { state: "unknown", sentence: `${system} has no requirements that a plan could check` };
  if (failing > 0) {
    const which =
      all === 1
        ? ""
        : failing === all
          ? `: all ${all} fail`
          : `: ${failing} of ${all} ${failing === 1 ? "fails" : "fail"}`;
    return {
      state: "fails",
      sentence: `${system} cannot hold ${all === 1 ? "its requirement" : "its requirements"}${which}`,
    };
  }
  if (open === 0) {
    const what =
      all === 1
        ? "its requirement"
        : all === 2
          ? "both of its requirements"
          : `all ${all} of its requirements`;
    return { state: "holds", sentence: `${system} holds ${what}` };
  }
  if (open === all)
    return { state: "unknown", sentence: `${system}: nothing can be said of its requirements yet` };
  return {
    state: "holds",
    sentence: `${system} holds ${all - open} of ${all} requirements; nothing can be said of ${open === 1 ? "the other" : "the others"} yet`,
  };
}

const ORDER = { fails: 0, holds: 1, unknown: 2 } as const;

/** Those that fail first, then those that hold; each in the plan's order. */
export function orderedRequirements({ requirements }: PlanAnswer): readonly RequirementAnswer[] {
  return [...requirements].sort((one, other) => ORDER[one.state] - ORDER[other.state]);
}

/** Requests per second of the whole, at the peak. */
export function peakOf({ classes }: Pick<PlanAnswer, "classes">): number {
  return classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
}

/** Whether a requirement fails: then the command exits with 1. */
export function hasFailed({ requirements }: Pick<PlanAnswer, "requirements">): boolean {
  return requirements.some(({ state }) => state === "fails");
}
