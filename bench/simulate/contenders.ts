import { PowerOfTwo } from "../../src/engines/edge/balancing/power-of-two.ts";
import {
  type EventHandler,
  exponential,
  Histogram,
  OpenSource,
  poisson,
  QueueingStation,
  SharingStation,
  Simulation,
  type Station,
  type StationOwner,
  Streams,
} from "../../src/tool/plan/simulate/engine/index.ts";
import type { Contenders } from "../cost/contender.ts";

/** Events of one call, on average over many. */
export const EVENTS = 1_000;
/** Calls per slice of the measurement: a million events. */
const CALLS = 1_000;

const IN_FLIGHT = 1 << 16;
const SERVERS = 100;

/** Runs of the simulator's core, each one going on for a thousand events per call. */
export const contenders = {
  "ours: events alone": () => {
    const simulation = new Simulation();
    const [delays, random] = [exponential(1), new Streams(1).of("delays")];
    // The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", 1986).
    const handler: EventHandler = { happen: () => simulation.after(delays.draw(random), handler) };
    for (let planned = 0; planned < EVENTS; planned++) simulation.after(delays.draw(random), handler);
    return ongoing(simulation, EVENTS);
  },
  "ours: one queue": () =>
    queueOf((simulation, owner) => new QueueingStation(simulation, { servers: 1 }, owner)),
  "ours: one shared processor": () =>
    queueOf((simulation, owner) => new SharingStation(simulation, { servers: 1 }, owner)),
  "ours: balanced servers with timeouts": farm,
} satisfies Contenders;

/** Requests by Poisson at 0.9 of what a station can do: an arrival and an end each, with their chance and statistics. */
function queueOf(stationOf: (simulation: Simulation, owner: StationOwner) => Station) {
  const simulation = new Simulation();
  const streams = new Streams(1);
  const arrivedMs = new Float64Array(IN_FLIGHT);
  const latencies = new Histogram();
  const station = stationOf(simulation, {
    served: (job) => latencies.record(simulation.nowMs - (arrivedMs[job % IN_FLIGHT] ?? 0)),
  });
  const [service, sizes] = [exponential(1), streams.of("sizes")];
  new OpenSource(simulation, poisson(900, streams.of("arrivals")), (index) => {
    arrivedMs[index % IN_FLIGHT] = simulation.nowMs;
    station.arrive(index, service.draw(sizes));
  });
  return ongoing(simulation, 2 * 0.9);
}

/** A hundred servers behind the edge's own balancer, and for each request a timeout that is planned and cancelled. */
function farm() {
  const simulation = new Simulation();
  const streams = new Streams(1);
  const timeouts = new Float64Array(IN_FLIGHT);
  const late: EventHandler = { happen: () => {} };
  const owner: StationOwner = { served: (job) => void simulation.cancel(timeouts[job % IN_FLIGHT] ?? 0) };
  const servers = Array.from({ length: SERVERS }, (_, at) => {
    const station = new QueueingStation(simulation, { servers: 1 }, owner);
    return {
      id: String(at),
      station,
      get inFlight() {
        return station.jobs;
      },
      weightAt: () => 1,
      admit: () => true,
    };
  });
  const balancer = new PowerOfTwo<(typeof servers)[number]>(streams.of("balancer"));
  balancer.replace(servers);
  const [service, sizes] = [exponential(1), streams.of("sizes")];
  new OpenSource(simulation, poisson(800 * SERVERS, streams.of("arrivals")), (index) => {
    timeouts[index % IN_FLIGHT] = simulation.cancellableAfter(1_000, late);
    const server = balancer.pick({ nowMs: simulation.nowMs, hash: undefined });
    server?.station.arrive(index, service.draw(sizes));
  });
  return ongoing(simulation, 2 * 0.8 * SERVERS);
}

function ongoing(simulation: Simulation, eventsPerMs: number) {
  const stepMs = EVENTS / eventsPerMs;
  const call = () => simulation.run(simulation.nowMs + stepMs);
  return { kind: "awaited", call, calls: CALLS } as const;
}
