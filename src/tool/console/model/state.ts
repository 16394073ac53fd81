import type { PartSnapshot, State, SystemState } from "../../control-api/index.ts";
import { durationText } from "./format.ts";

/** States in words and in looks. Pure. */
export type StateLook = "good" | "warn" | "bad" | "busy" | "off";

/** `ready`, `waiting for links`, `failed: it exited with code 1 (tries again in 4 s)`. */
export function stateWords(state: State | SystemState): string {
  if (typeof state === "string") return state;
  switch (state.is) {
    case "waiting":
    case "starting":
      return `${state.is === "waiting" ? "waiting for" : "starting:"} ${state.for}`;
    case "failed":
      return `${state.looping ? "keeps failing" : "failed"}: ${state.reason} (tries again in ${durationText(state.retryInMs)})`;
    case "gave-up":
      return `gave up: ${state.reason}`;
    default:
      return state.is;
  }
}

/** How a state looks at a glance. */
export function stateLook(state: State | SystemState): StateLook {
  const is = typeof state === "string" ? state : state.is;
  switch (is) {
    case "ready":
    case "done":
      return "good";
    case "waiting":
    case "starting":
    case "stopping":
      return "busy";
    case "degraded":
      return "warn";
    case "failed":
    case "gave-up":
      return "bad";
    case "stopped":
      return "off";
  }
}

const WORST: readonly StateLook[] = ["bad", "warn", "busy", "good", "off"];

/** How a whole part stands: as its worst replica; `warn` when only some of them failed. A part outside Trestle is `off`. */
export function partLook(part: Pick<PartSnapshot, "external" | "replicas">): StateLook {
  if (part.external) return "off";
  const looks = part.replicas.map((replica) => stateLook(replica.state));
  if (looks.includes("bad") && looks.includes("good")) return "warn";
  return WORST.find((look) => looks.includes(look)) ?? "off";
}

/** How a part stands, in words: `2 of 3 ready`, `waiting for links`. */
export function partWords(part: Pick<PartSnapshot, "external" | "replicas">): string {
  if (part.external) return "outside Trestle";
  const { replicas } = part;
  const [first] = replicas;
  if (!first) return "no replicas";
  if (replicas.every((one) => stateWords(one.state) === stateWords(first.state)))
    return stateWords(first.state);
  const ready = replicas.filter((one) => one.state.is === "ready" || one.state.is === "done").length;
  return `${ready} of ${replicas.length} ready`;
}
