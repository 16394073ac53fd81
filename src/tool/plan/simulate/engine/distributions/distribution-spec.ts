import { constant, uniform } from "./bounded.ts";
import type { Distribution } from "./distribution.ts";
import { fromHistogram, fromPercentiles, type MeasuredHistogram, type Percentile } from "./empirical.ts";
import { type LogNormalFigures, logNormal } from "./log-normal.ts";
import { type ParetoFigures, pareto } from "./pareto.ts";
import { erlang, exponential, hyperexponential } from "./phases.ts";

/** A distribution as plain data, in a unit of its maker's: what stands in reports, profiles and seeds' files. */
export type DistributionSpec =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly from: number; readonly to: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "erlang"; readonly mean: number; readonly stages: number }
  | { readonly kind: "hyperexponential"; readonly mean: number; readonly variation: number }
  | ({ readonly kind: "log-normal" } & LogNormalFigures)
  | ({ readonly kind: "pareto" } & ParetoFigures)
  | { readonly kind: "percentiles"; readonly percentiles: readonly Percentile[] }
  | ({ readonly kind: "histogram" } & MeasuredHistogram);

/**
 * The distribution that the data describes. Pure.
 *
 * @throws RangeError when a figure is out of its range.
 */
export function distributionOf(spec: DistributionSpec): Distribution {
  switch (spec.kind) {
    case "constant":
      return constant(spec.value);
    case "uniform":
      return uniform(spec.from, spec.to);
    case "exponential":
      return exponential(spec.mean);
    case "erlang":
      return erlang(spec.mean, spec.stages);
    case "hyperexponential":
      return hyperexponential(spec.mean, spec.variation);
    case "log-normal": {
      const { kind: _, ...figures } = spec;
      return logNormal(figures);
    }
    case "pareto":
      return pareto(spec);
    case "percentiles":
      return fromPercentiles(spec.percentiles);
    case "histogram":
      return fromHistogram(spec);
  }
}
