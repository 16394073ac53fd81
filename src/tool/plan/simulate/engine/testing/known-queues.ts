/**
 * What the books say of queues, in the unit of the mean service: worked out here from first formulas, apart from `plan/theory`, so that theory and
 * simulation are not wrong together.
 */

/** How long a request takes from its arrival to its answer. */
export interface KnownResponse {
  readonly mean: number;
  readonly p99: number;
}

/** Erlang's C: the chance that who arrives has to wait, at `load` times what `servers` can do. By Erlang's recursion for B (Cooper, "Introduction to Queueing Theory", 1981, 3.4). */
export function erlangC(servers: number, load: number): number {
  const offered = servers * load;
  let blocking = 1;
  for (let count = 1; count <= servers; count++) {
    blocking = (offered * blocking) / (count + offered * blocking);
  }
  return blocking / (1 - load * (1 - blocking));
}

/** M/M/c: service 1, wait exponential at rate c (1 - load) by the chance of Erlang's C (Gross and others, "Fundamentals of Queueing Theory", 2.3). */
export function markovResponse(servers: number, load: number): KnownResponse {
  const waits = erlangC(servers, load);
  const drain = servers * (1 - load);
  const tail = (t: number) => {
    if (Math.abs(drain - 1) < 1e-9) return Math.exp(-t) * (1 + waits * t);
    return (1 - waits) * Math.exp(-t) + (waits * (drain * Math.exp(-t) - Math.exp(-drain * t))) / (drain - 1);
  };
  return { mean: 1 + waits / drain, p99: percentile(tail, 0.99) };
}

/** How a service of mean 1 is distributed: the chance that it takes no longer than `t`. */
export type ServiceBelow = (t: number) => number;

const STEP = 0.02;

/**
 * M/G/1 with service of mean 1: by Pollaczek and Khinchine the wait is a sum of services' residual lives, as many as a geometric variable of
 * the load says; that sum by Panjer's recursion (1981) in steps of 0.02, the residuals spread over the two grid points around them so that their mean
 * is kept. `variation`: squared, of the service.
 */
export function generalResponse(load: number, below: ServiceBelow, variation: number): KnownResponse {
  const mean = 1 + (load * (1 + variation)) / (2 * (1 - load));
  const points = Math.ceil((mean * 12 + 40) / STEP);
  const residual = latticeOf(points, (t) => 1 - below(t));
  const wait = new Float64Array(points);
  const scale = load / (1 - load * (residual[0] ?? 0));
  wait[0] = (1 - load) / (1 - load * (residual[0] ?? 0));
  for (let at = 1; at < points; at++) {
    let sum = 0;
    for (let of = 1; of <= at; of++) sum += (residual[of] as number) * (wait[at - of] as number);
    wait[at] = scale * sum;
  }
  const response = (t: number) => {
    let tail = 1;
    for (let at = 0; at < points && at * STEP <= t; at++) tail -= (wait[at] ?? 0) * below(t - at * STEP);
    return tail;
  };
  return { mean, p99: percentile(response, 0.99) };
}

/** A density of total 1 on a grid: each piece of it between two points goes to them by its nearness, which keeps total and mean. */
function latticeOf(points: number, density: (t: number) => number): Float64Array {
  const lattice = new Float64Array(points + 1);
  const parts = 8;
  for (let at = 0; at < points; at++) {
    for (let part = 0; part < parts; part++) {
      const share = (part + 0.5) / parts;
      const mass = (density((at + share) * STEP) * STEP) / parts;
      lattice[at] = (lattice[at] as number) + mass * (1 - share);
      lattice[at + 1] = (lattice[at + 1] as number) + mass * share;
    }
  }
  return lattice;
}

function percentile(tail: (t: number) => number, share: number): number {
  let low = 0;
  let high = 1;
  while (tail(high) > 1 - share) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tail(middle) > 1 - share) low = middle;
    else high = middle;
  }
  return high;
}

/** The chance that a standard normal variable stays below `x` (Abramowitz and Stegun, 26.2.17, off by less than 10^-7). */
export function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - upper : upper;
}
