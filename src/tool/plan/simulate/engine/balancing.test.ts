import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../../blocks/time/random.ts";
import type { Balancer, Candidate } from "../../../../engines/edge/balancing/balancer.ts";
import { LeastConnections } from "../../../../engines/edge/balancing/least-connections.ts";
import { PowerOfTwo } from "../../../../engines/edge/balancing/power-of-two.ts";
import { RandomChoice } from "../../../../engines/edge/balancing/random-choice.ts";
import { exponential, OpenSource, poisson, QueueingStation, simulate } from "./index.ts";

/** A server of the simulation, as the edge's balancers see one. */
interface Server extends Candidate {
  readonly station: QueueingStation;
}

interface Farm {
  readonly servers: number;
  readonly load: number;
  readonly requests: number;
  readonly balancer: (random: Random) => Balancer<Server>;
}

const IN_FLIGHT = 1 << 20;

/** Mean response in mean services, and what part of servers has at least so many jobs, seen as arrivals see it. */
function farmOf(farm: Farm): { readonly mean: number; readonly atLeast: readonly number[] } {
  const { outcomes, report } = simulate({
    seed: 1,
    requests: farm.requests,
    warmUp: { requests: Math.ceil(farm.requests / 10) },
    build: ({ simulation, streams, answered }) => {
      const arrivedMs = new Float64Array(IN_FLIGHT);
      const owner = {
        served: (job: number) => answered(simulation.nowMs - (arrivedMs[job % IN_FLIGHT] ?? 0)),
      };
      const servers = Array.from({ length: farm.servers }, (_, at): Server => {
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
      const balancer = farm.balancer(streams.of("balancer"));
      balancer.replace(servers);
      const [sizes, service] = [streams.of("sizes"), exponential(1)];
      const perSecond = 1_000 * farm.load * farm.servers;
      const seen = new Float64Array(8);
      let looks = 0;
      new OpenSource(simulation, poisson(perSecond, streams.of("arrivals")), (index) => {
        const server = balancer.pick({ nowMs: simulation.nowMs, hash: undefined });
        assert.ok(server);
        // Arrivals of a Poisson process see time averages; one server, always the same, stands for all.
        const first = servers[0]?.station.jobs ?? 0;
        for (let jobs = 0; jobs <= Math.min(7, first); jobs++) seen[jobs] = (seen[jobs] ?? 0) + 1;
        looks++;
        arrivedMs[index % IN_FLIGHT] = simulation.nowMs;
        server.station.arrive(index, service.draw(sizes));
      });
      return { report: () => Array.from(seen, (count) => count / looks) };
    },
  });
  return { mean: outcomes.answered?.latencyMs.mean ?? 0, atLeast: report };
}

function within(value: number, due: number, share: number, what: string): void {
  assert.ok(Math.abs(value / due - 1) <= share, `${what}: ${value}, not ${due}`);
}

const powerOfTwo = (random: Random) => new PowerOfTwo<Server>(random);

/**
 * Mitzenmacher's table 1 ("The power of two choices in randomized load balancing", IEEE Transactions on Parallel and Distributed Systems 12,
 * 2001): mean response of two choices, in the limit of many servers, and as he simulated 100 of them.
 */
const TWO_CHOICES = [
  [0.5, 1.2657, 1.2673],
  [0.7, 1.6145, 1.6202],
  [0.8, 1.9475, 1.9585],
  [0.9, 2.6141, 2.6454],
  [0.95, 3.383, 3.461],
] as const;

/** The limit: servers with at least i jobs are load^(2^i - 1), so the mean is the sum of load^(2^i - 2) (there, section 3). */
function limitOfTwo(load: number): number {
  let sum = 0;
  for (let i = 1; i <= 20; i++) sum += load ** (2 ** i - 2);
  return sum;
}

for (const [load, limit, simulated] of TWO_CHOICES) {
  test(`power of two choices over 100 servers at ${load}: the mean is Mitzenmacher's ${simulated}, to within 1 %`, () => {
    within(limitOfTwo(load), limit, 1e-4, "formula");
    const farm = farmOf({ servers: 100, load, requests: 600_000, balancer: powerOfTwo });
    within(farm.mean, simulated, 0.01, "mean");
  });
}

test("power of two choices over 500 servers at 0.95: the mean is that of the limit, to within 2 %", () => {
  const { mean } = farmOf({ servers: 500, load: 0.95, requests: 1e6, balancer: powerOfTwo });
  within(mean, limitOfTwo(0.95), 0.02, "mean");
});

test("power of two choices: servers with at least i jobs are load^(2^i - 1), a doubly exponential tail; of random choice load^i", () => {
  const load = 0.9;
  const requests = 600_000;
  const { atLeast } = farmOf({ servers: 100, load, requests, balancer: powerOfTwo });
  for (const i of [1, 2, 3]) within(atLeast[i] ?? 0, load ** (2 ** i - 1), 0.05, `at least ${i}`);
  const random = farmOf({
    servers: 20,
    load: 0.7,
    requests,
    balancer: (one) => new RandomChoice<Server>(one),
  });
  for (const i of [1, 2, 3]) within(random.atLeast[i] ?? 0, 0.7 ** i, 0.05, `at least ${i}, at random`);
  within(random.mean, 1 / 0.3, 0.02, "mean at random");
});

/**
 * Mean response of two servers of rate 1 whose arrivals join the shorter line, by the balance equations of the chain of both lines' lengths
 * (Haight, "Two queues in parallel", 1958), solved by repeated relaxation.
 */
function shorterOfTwo(load: number): number {
  const size = 60;
  const rate = 2 * load;
  const chance = new Float64Array(size * size).fill(1 / (size * size));
  const at = (one: number, other: number) =>
    one < 0 || other < 0 || one >= size || other >= size ? 0 : (chance[one * size + other] as number);
  /** How many per unit of time come to a state from one with a job less, in its first line. */
  const joined = (one: number, other: number) => {
    if (one < 0) return 0;
    return rate * at(one, other) * (one < other ? 1 : one === other ? 0.5 : 0);
  };
  for (let round = 0; round < 3_000; round++) {
    let total = 0;
    for (let one = 0; one < size; one++) {
      for (let other = 0; other < size; other++) {
        const arrives = one < size - 1 || other < size - 1 ? rate : 0;
        const leaves = arrives + (one > 0 ? 1 : 0) + (other > 0 ? 1 : 0);
        const comes =
          at(one + 1, other) + at(one, other + 1) + joined(one - 1, other) + joined(other - 1, one);
        chance[one * size + other] = comes / leaves;
        total += comes / leaves;
      }
    }
    for (let state = 0; state < chance.length; state++) chance[state] = (chance[state] as number) / total;
  }
  let jobs = 0;
  for (let one = 0; one < size; one++) {
    for (let other = 0; other < size; other++) jobs += (one + other) * at(one, other);
  }
  return jobs / rate;
}

for (const load of [0.3, 0.5, 0.7, 0.9]) {
  test(`least connections over two servers at ${load}: the mean is that of joining the shorter queue, to within 2 %`, () => {
    const due = shorterOfTwo(load);
    const balancer = () => new LeastConnections<Server>({ weighted: false });
    const { mean } = farmOf({ servers: 2, load, requests: load > 0.8 ? 3e6 : 500_000, balancer });
    within(mean, due, 0.02, "mean");
    // Better than drawing lots, M/M/1, and worse than one line for both, M/M/2 (Winston, "Optimality of the shortest line discipline", 1977).
    assert.ok(due > 1 / (1 - load ** 2) && due < 1 / (1 - load));
  });
}
