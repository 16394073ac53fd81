import type { Random } from "../../../../../blocks/time/random.ts";
import {
  type Distribution,
  type HistogramSummary,
  OpenSource,
  poisson,
  QueueingStation,
  type QueueingStationOptions,
  SharingStation,
  type SimulationResult,
  type Station,
  type StationOwner,
  type StationSummary,
  simulate,
  type World,
} from "../index.ts";

/** One station, and Poisson arrivals at a part of what it can do. */
export interface OneStation {
  readonly servers: number;
  readonly load: number;
  readonly service: Distribution;
  readonly requests: number;
  readonly seed: number;
  readonly options?: Partial<QueueingStationOptions>;
  /** Default a queueing station. */
  readonly sharing?: boolean;
}

/** Requests that are there at once, at most: they are told apart by their number up to here. */
const IN_FLIGHT = 1 << 20;

/** `mirrored`: with 1 - x for each number x that is drawn, so that what was heavy is light. */
export function runOf(one: OneStation, mirrored = false): SimulationResult<StationSummary> {
  const seen = (random: Random): Random => (mirrored ? () => 1 - 2 ** -53 - random() : random);
  return simulate({
    seed: one.seed,
    requests: one.requests,
    warmUp: { requests: Math.ceil(one.requests / 20) },
    build: (world) => {
      const { simulation, streams } = world;
      const arrivedMs = new Float64Array(IN_FLIGHT);
      const station = stationOf(one, world, {
        served: (job) => world.answered(simulation.nowMs - (arrivedMs[job % IN_FLIGHT] ?? 0)),
        dropped: (job) => world.answered(simulation.nowMs - (arrivedMs[job % IN_FLIGHT] ?? 0), 1),
      });
      const sizes = seen(streams.of("sizes"));
      const perSecond = (1_000 * one.load * one.servers) / one.service.mean;
      new OpenSource(simulation, poisson(perSecond, seen(streams.of("arrivals"))), (index) => {
        arrivedMs[index % IN_FLIGHT] = simulation.nowMs;
        if (station.arrive(index, one.service.draw(sizes), index % 3) < 0) world.answered(0, 1);
      });
      return {
        warmedUp: (nowMs) => station.statistics.reset(nowMs),
        report: (nowMs) => station.statistics.summary(nowMs),
      };
    },
  });
}

function stationOf(one: OneStation, { simulation }: World, owner: StationOwner): Station {
  if (one.sharing) return new SharingStation(simulation, { servers: one.servers }, owner);
  return new QueueingStation(simulation, { servers: one.servers, ...one.options }, owner);
}

/**
 * Mean and p99 of the response, over a run and its mirror image: chance that makes the one too slow makes the other too fast, so
 * that both together are as sure as a run of twice to four times their length (antithetic variates; Hammersley and Morton, 1956).
 */
export function responseOf(one: OneStation): Pick<HistogramSummary, "mean" | "p99"> {
  const latencies = [false, true].map((mirrored) => runOf(one, mirrored).outcomes.answered?.latencyMs);
  const over = (figure: "mean" | "p99") =>
    latencies.reduce((sum, latencyMs) => sum + (latencyMs?.[figure] ?? Number.NaN), 0) / 2;
  return { mean: over("mean"), p99: over("p99") };
}
