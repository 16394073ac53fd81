/**
 * How long a thing stays in a cache, by the policy that throws things out. Under independent requests at `rate` per second, a thing
 * that comes in at a miss is answered at rate x stay more times before it goes, so that of all its requests the share rate x stay / (1 +
 * rate x stay) are hits; the same share of time it is in (M. Garetto, E. Leonardi and V. Martina, "A Unified Approach to the Performance Analysis of
 * Caching Systems", ACM TOMPECS 1, 2016, first at INFOCOM 2014). Pure.
 */

/** What goes when there is no room: what was asked for longest ago, what came first, any, or what is asked for least. */
export type CachePolicy = "lru" | "fifo" | "random" | "lfu";

/** When entries grow too old to be answered from. */
export interface Expiry {
  /** Above 0, in the unit in which rates are. */
  readonly afterSeconds: number;
  /** Whether every hit makes the entry young again. */
  readonly renewed: boolean;
}

/**
 * The share of requests for a thing that finds it, when it is asked for at `rate` per second and the cache's characteristic time is
 * `seconds` (Infinity: it never goes for want of room). By the policy:
 *
 * - lru: it goes when nobody asks for it for that long: 1 - e^(-rate x seconds) (H. Che, Y. Tung and Z. Wang, "Hierarchical Web
 *   Caching Systems: Modeling, Design and Experimental Results", IEEE JSAC 20, 2002);
 * - fifo: it goes when it has been in for that long; random: after a time of the exponential law with that mean. Without
 *   expiry both come to the same, as E. Gelenbe showed ("A Unified Approach to the Evaluation of a Class of Replacement Algorithms", 1973): rate x seconds / (1 + rate x seconds).
 *
 * An expiry that hits renew shortens an LRU cache's time to the lesser of both. One that they do not renew ends the
 * stay of what is popular: for LRU the law of the stay is then taken to be exponential beyond its characteristic time, with its true mean.
 */
export function hitShare(
  policy: Exclude<CachePolicy, "lfu">,
  rate: number,
  seconds: number,
  expiry?: Expiry,
): number {
  if (rate <= 0) return 0;
  if (policy === "lru") return lruShare(rate, seconds, expiry);
  if (expiry === undefined) return stayShare(rate, seconds);
  return policy === "fifo" ? fifoShare(rate, seconds, expiry) : randomShare(rate, seconds, expiry);
}

/** The same of a thing that goes by its expiry alone. */
export function expiringShare(rate: number, expiry: Expiry): number {
  return hitShare("lru", rate, Infinity, expiry);
}

function lruShare(rate: number, seconds: number, expiry: Expiry | undefined): number {
  if (expiry === undefined) return -Math.expm1(-rate * seconds);
  const { afterSeconds, renewed } = expiry;
  if (renewed) return -Math.expm1(-rate * Math.min(seconds, afterSeconds));
  // Nothing has been in for longer than its time without having expired.
  if (afterSeconds <= seconds) return stayShare(rate, afterSeconds);
  const asked = -Math.expm1(-rate * seconds);
  const meanBeyond = Math.expm1(rate * seconds) / rate - seconds;
  const left = afterSeconds - seconds;
  // Those that were asked for in time stay on for meanBeyond / asked on average.
  const beyond =
    meanBeyond === Infinity ? asked * left : meanBeyond * -Math.expm1((-left * asked) / meanBeyond);
  return stayShare(rate, seconds + Math.max(0, beyond));
}

/** FIFO's stay is ended by its time, and by an expiry that hits renew as LRU's is by the time without a request: the two change places. */
function fifoShare(rate: number, seconds: number, { afterSeconds, renewed }: Expiry): number {
  if (!renewed) return stayShare(rate, Math.min(seconds, afterSeconds));
  return lruShare(rate, afterSeconds, { afterSeconds: seconds, renewed: false });
}

/**
 * RANDOM's stay is ended at the rate 1 / seconds. What then remains of an expiry is exact: of one that hits renew, by the Laplace
 * transform of the time until nobody asks for so long, (rate + s) e / (s + rate e) with e = e^(-(rate + s) after).
 */
function randomShare(rate: number, seconds: number, { afterSeconds, renewed }: Expiry): number {
  const goes = 1 / seconds;
  if (!renewed) return stayShare(rate, goes > 0 ? seconds * -Math.expm1(-afterSeconds * goes) : afterSeconds);
  const silent = Math.exp(-(rate + goes) * afterSeconds);
  return stayShare(rate, (1 - silent) / (goes + rate * silent));
}

function stayShare(rate: number, seconds: number): number {
  const hits = rate * seconds;
  return hits === Infinity ? 1 : hits / (1 + hits);
}
