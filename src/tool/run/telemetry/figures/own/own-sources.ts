import type { State } from "../../../../control-api/index.ts";
import type { PartModel } from "../../../../design/model.ts";
import type { MetricReader } from "../../metric-reader.ts";

/** What the figures of one part's own are made of. */
export interface OwnSources<Model extends PartModel = PartModel> {
  readonly model: Model;
  readonly replicas: readonly { readonly id: string; readonly state: State }[];
  readonly reader: MetricReader;
  readonly nowMs: number;
}
