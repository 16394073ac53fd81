import type { ScalingModel } from "../../../design/scaling-model.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { type Flow, flowOf } from "../flow/index.ts";
import { atMost, settled } from "./scaling.ts";

/** Loads that are remembered. A plan looks at some dozens of them. */
const REMEMBERED_MAX = 500;
const UNSCALED: ReadonlyMap<string, ScalingModel> = new Map();

/** How a system does at any load, its scaled services having followed: its flows, each worked out once. Pure. */
export class LoadCurve {
  readonly resolved: ResolvedSystem;
  readonly #scalings: ReadonlyMap<string, ScalingModel>;
  readonly #utmost: ResolvedSystem;
  readonly #flows = new Map<number, Flow>();

  constructor(resolved: ResolvedSystem, scalings = UNSCALED) {
    this.#scalings = scalings;
    this.#utmost = scalings.size > 0 ? atMost(resolved, scalings) : resolved;
    this.resolved = scalings.size > 0 ? settled(resolved, scalings, flowOf(this.#utmost)) : resolved;
  }

  /** At so many times the peak. */
  at(scale: number): Flow {
    const known = this.#flows.get(scale);
    if (known !== undefined) return known;
    const flow = this.#flowAt(scale);
    if (this.#flows.size < REMEMBERED_MAX) this.#flows.set(scale, flow);
    return flow;
  }

  get peak(): Flow {
    return this.at(1);
  }

  /** Where the first part is full, however many replicas it may have by then; absent where nothing ever is. */
  get bottleneck(): { readonly part: string; readonly perSecond: number } | undefined {
    let first: { part: string; perSecond: number } | undefined;
    const flow = this.#scalings.size > 0 ? flowOf(this.#utmost) : this.peak;
    for (const { name, saturatedAtPerSecond: perSecond } of flow.parts) {
      if (perSecond < (first?.perSecond ?? Number.POSITIVE_INFINITY)) first = { part: name, perSecond };
    }
    return first;
  }

  #flowAt(scale: number): Flow {
    const utmost = flowOf(this.#utmost, scale);
    if (this.#scalings.size === 0) return utmost;
    return flowOf(settled(this.#utmost, this.#scalings, utmost), scale);
  }
}
