import type { State } from "../../control-api/index.ts";
import type { ScalingModel } from "../../design/scaling-model.ts";
import type { Part } from "../part.ts";

/** A service whose replicas follow its load, as the scaling sees it and acts on it. */
export interface ScaledService {
  readonly name: string;
  readonly scaling: ScalingModel;
  /** How many replicas were asked for last, by whomever; there may be fewer or more of them as yet. */
  readonly wanted: number;
  /** The replicas as they are now. */
  readonly keepers: Iterable<ReplicaNow>;
  /** The way of `trestle scale`. Rejects when a new replica does not become ready; it is there all the same, and tried again. */
  scale(replicas: number): Promise<void>;
}

/** A replica as it is now. */
export interface ReplicaNow {
  readonly job: { readonly id: string };
  readonly state: State;
  /** When that state began, in Unix milliseconds. */
  readonly sinceMs: number;
}

/** Whether a part is a service whose replicas follow its load. */
export function isScaled(part: Part): part is Part & ScaledService {
  return part.scaling !== undefined && part.wanted !== undefined && part.scale !== undefined;
}
