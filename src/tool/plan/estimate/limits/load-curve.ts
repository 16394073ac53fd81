import type { ScalingModel } from "../../../design/scaling-model.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { capacityOf } from "../flow/capacity.ts";
import { type Flow, flowOf } from "../flow/index.ts";
import { atMost, settled } from "./scaling.ts";

/** Loads that are remembered. A plan looks at some dozens of them. */
const REMEMBERED_MAX = 500;
const UNSCALED: ReadonlyMap<string, ScalingModel> = new Map();

/** How a system does at any load, its scaled services having followed: its flows, each worked out once. Pure. */
export class LoadCurve {
  /** With as many replicas of what is scaled as it has at the peak. */
  readonly resolved: ResolvedSystem;
  readonly #scalings: ReadonlyMap<string, ScalingModel>;
  readonly #utmost: ResolvedSystem;
  readonly #flows = new Map<number, Flow>();

  constructor(resolved: ResolvedSystem, scalings = UNSCALED) {
    this.#scalings = scalings;
    this.#utmost = scalings.size > 0 ? atMost(resolved, scalings) : resolved;
    this.resolved = this.#settledAt(1);
  }

  /** At so many times the peak. */
  at(scale: number): Flow {
    const known = this.#flows.get(scale);
    if (known !== undefined) return known;
    const flow = flowOf(this.#settledAt(scale), scale);
    if (this.#flows.size < REMEMBERED_MAX) this.#flows.set(scale, flow);
    return flow;
  }

  get peak(): Flow {
    return this.at(1);
  }

  /** Requests of the whole per second at the peak. */
  get perSecond(): number {
    return this.resolved.classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  }

  /** The load of the whole at which each part is full, however many replicas it may have by then. */
  get capacity(): ReadonlyMap<string, number> {
    return capacityOf(this.#utmost);
  }

  /** What is full first, and where; absent where nothing ever is. */
  get bottleneck(): { readonly part: string; readonly perSecond: number } | undefined {
    let first: { part: string; perSecond: number } | undefined;
    for (const [part, perSecond] of this.capacity) {
      if (perSecond < (first?.perSecond ?? Number.POSITIVE_INFINITY)) first = { part, perSecond };
    }
    return first;
  }

  #settledAt(scale: number): ResolvedSystem {
    if (this.#scalings.size === 0) return this.#utmost;
    return settled(this.#utmost, this.#scalings, flowOf(this.#utmost, scale));
  }
}
