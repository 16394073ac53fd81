/** Threads that work independently of each other. */
export interface ThreadGroup {
  /** 1 or more. */
  readonly threads: number;
  /** How many of them work, on average. */
  readonly erlangs: number;
}

/** Threads of all groups together that are told apart. */
const THREADS_MAX = 200;

/**
 * For a thread of the n-th group, the probability that of all other threads fewer than `cores` work, each independently of the others: the law of
 * Poisson's trials, by convolution. Pure.
 */
export function idleThreads(groups: readonly ThreadGroup[], cores: number): (n: number) => number {
  const limit = Math.max(2, Math.floor(THREADS_MAX / Math.max(1, groups.length)));
  const counts = groups.map(({ threads }) => Math.max(1, Math.min(limit, Math.round(threads))));
  const working = groups.map(({ erlangs }, n) => Math.min(1, erlangs / (counts[n] as number)));
  const shares = workingThreads(working, counts);
  return (n) => {
    const others = withoutOne(shares, working[n] as number);
    let idle = 0;
    for (let k = 0; k < Math.min(cores, others.length); k++) idle += others[k] as number;
    return Math.min(1, Math.max(0, idle));
  };
}

/** The probabilities that 0, 1, 2 … threads work. */
function workingThreads(working: readonly number[], counts: readonly number[]): Float64Array {
  const shares = new Float64Array(counts.reduce((sum, count) => sum + count, 0) + 1);
  shares[0] = 1;
  let most = 0;
  for (let n = 0; n < working.length; n++) {
    const one = working[n] as number;
    for (let thread = 0; thread < (counts[n] as number); thread++) {
      most++;
      for (let k = most; k > 0; k--) {
        shares[k] = (shares[k] as number) * (1 - one) + (shares[k - 1] as number) * one;
      }
      shares[0] = (shares[0] as number) * (1 - one);
    }
  }
  return shares;
}

/** The same for all but one thread, from whichever end loses no digits. */
function withoutOne(shares: Float64Array, one: number): Float64Array {
  const length = shares.length - 1;
  const others = new Float64Array(length);
  if (one <= 0.5) {
    for (let k = 0; k < length; k++) {
      others[k] = ((shares[k] as number) - one * (others[k - 1] ?? 0)) / (1 - one);
    }
  } else {
    for (let k = length - 1; k >= 0; k--) {
      others[k] = ((shares[k + 1] as number) - (1 - one) * (others[k + 1] ?? 0)) / one;
    }
  }
  return others;
}
