/** The harness: a model, a seed and a length in; plain data out. */

/** Load: when requests arrive. */
export { type ArrivalTimes, evenly, poisson, recorded, renewal, varying } from "./arrivals/arrival-times.ts";
export type { Rate, RateBound, RateSpec } from "./arrivals/rate.ts";
export { rateOf } from "./arrivals/rates.ts";
export { type Arrived, type ClosedLoad, ClosedSource, OpenSource } from "./arrivals/sources.ts";
export { readTrace, type TraceMistake, type TraceReading } from "./arrivals/trace-text.ts";
/** Where requests are served and wait, and what a cache holds. */
export { RecentKeys } from "./caches/recent-keys.ts";
export { constant, uniform } from "./distributions/bounded.ts";
export { type Distribution, squaredVariation } from "./distributions/distribution.ts";
export { type DistributionSpec, distributionOf } from "./distributions/distribution-spec.ts";
export {
  fromHistogram,
  fromPercentiles,
  type MeasuredHistogram,
  type Percentile,
} from "./distributions/empirical.ts";
export { type LogNormalFigures, logNormal } from "./distributions/log-normal.ts";
export { type ParetoFigures, pareto } from "./distributions/pareto.ts";
export { erlang, exponential, hyperexponential } from "./distributions/phases.ts";
export { Zipf } from "./distributions/zipf.ts";
export { OrderedHeap } from "./events/ordered-heap.ts";
/** Chance: a stream for each purpose, and what is drawn from it. */
export { Streams } from "./random/streams.ts";
export type { OutcomeFigures, RequestFigures } from "./recording.ts";
export {
  type Model,
  type Progress,
  type SimulateOptions,
  type SimulationResult,
  simulate,
  simulateWithPromises,
  type World,
} from "./simulate.ts";
/** Time: events, and a clock on them for blocks as they are. */
export { type EventHandler, type RunEnd, Simulation, type SimulationOptions } from "./simulation.ts";
export { type Deferred, SimulationClock, type SimulationClockOptions } from "./simulation-clock.ts";
export { QueueingStation, type QueueingStationOptions } from "./stations/queueing-station.ts";
export { SharingStation, type SharingStationOptions } from "./stations/sharing-station.ts";
export type { DropReason, Station, StationOwner } from "./stations/station.ts";
export { StationStatistics, type StationSummary } from "./stations/station-statistics.ts";
export type { ServiceOrder } from "./stations/waiting-lines.ts";

/** Statistics in constant memory. */
export { type Batches, BatchMeans, type Interval } from "./statistics/batch-means.ts";
export { Histogram, type HistogramSummary } from "./statistics/histogram.ts";
export {
  type LevelData,
  LevelSeries,
  type SeriesData,
  type SeriesOptions,
  ValueSeries,
} from "./statistics/series.ts";
export { TimeAverage } from "./statistics/time-average.ts";
export { type WarmUp, warmUpOf } from "./statistics/warm-up.ts";
