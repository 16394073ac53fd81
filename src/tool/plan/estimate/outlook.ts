import type { SystemModel } from "../../design/model.ts";
import type { ResolvedSystem } from "../resolved-model.ts";
import { availabilityOf, type SystemAvailability } from "./availability/index.ts";
import { LoadCurve } from "./limits/load-curve.ts";
import { scalingsOf } from "./limits/scaling.ts";

/** A design with what is to be expected of it, each worked out when it is first asked for. Pure. */
export class Outlook {
  readonly model: SystemModel;
  readonly curve: LoadCurve;
  #availability: SystemAvailability | undefined;

  constructor(model: SystemModel, resolved: ResolvedSystem) {
    this.model = model;
    this.curve = new LoadCurve(resolved, scalingsOf(model));
  }

  get resolved(): ResolvedSystem {
    return this.curve.resolved;
  }

  get availability(): SystemAvailability {
    this.#availability ??= availabilityOf(this.resolved);
    return this.#availability;
  }
}
