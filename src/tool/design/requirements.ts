import type { Place } from "./check/place.ts";
import { type Range, readMeasure, readOptions } from "./check/values.ts";
import type { DataModel, LatencyModel, RequirementsModel, TrafficModel } from "./model.ts";
import { COUNT, type Count, formatCount } from "./quantities/count.ts";
import { DURATION, type Duration, formatDuration } from "./quantities/duration.ts";
import type { Measure } from "./quantities/measure.ts";
import { formatRate, RATE, type Rate } from "./quantities/rate.ts";
import { formatShare, SHARE, type Share } from "./quantities/share.ts";
import { formatSize, SIZE, type Size } from "./quantities/size.ts";

/** What a system must do. Whatever is left out is not required. */
export interface Requirements {
  readonly traffic?: Traffic | undefined;
  /** Upper bounds, each of a share of the requests: `p99` of 99 in 100. 1 us to 1 h. */
  readonly latency?: Latency | undefined;
  /** The share of time in which it serves: `"99.99%"`. Less than 100 %. */
  readonly availability?: Share | undefined;
  /** The share of acknowledged writes that must outlive a year: `"99.999999999%"`. Less than 100 %. */
  readonly durability?: Share | undefined;
  /** How long records are kept: `"5 years"`. 1 s to 1000 years. */
  readonly retention?: Duration | undefined;
  readonly data?: DataSizes | undefined;
  /** How much traffic grows in a year: `"50%"` is half as much again. Up to 10,000 %. */
  readonly growthPerYear?: Share | undefined;
}

/** How much is asked of it: by its users, or as a rate. */
export type Traffic = TrafficBase & (UserTraffic | RateTraffic);

interface TrafficBase {
  /** Peak traffic as a multiple of the average. 1 to 1000; default 3. */
  readonly peak?: number | undefined;
  /** The share of requests that only read: `"90%"` or 0.9. */
  readonly reads?: Share | undefined;
}

interface UserTraffic {
  /** Users on a day. */
  readonly dailyUsers: Count;
  /** What each of them asks for on that day. */
  readonly requestsPerUserPerDay: Count;
  readonly rate?: undefined;
}

interface RateTraffic {
  /** Requests on average: `"2300/s"`, `"200M/day"`. */
  readonly rate: Rate;
  readonly dailyUsers?: undefined;
  readonly requestsPerUserPerDay?: undefined;
}

/** Upper bounds of the latency, by percentile. A higher percentile cannot have the lower bound. */
export interface Latency {
  readonly p50?: Duration | undefined;
  readonly p90?: Duration | undefined;
  readonly p95?: Duration | undefined;
  readonly p99?: Duration | undefined;
  readonly p999?: Duration | undefined;
}

/** What the data weigh. Sizes up to 1 PiB. */
export interface DataSizes {
  /** One stored record, with its indexes. */
  readonly recordSize?: Size | undefined;
  /** New records on a day, where they do not follow from the traffic. */
  readonly recordsPerDay?: Count | undefined;
  /** The body of a request. */
  readonly requestSize?: Size | undefined;
  /** The body of a response. */
  readonly responseSize?: Size | undefined;
}

const COUNTS = { least: 0, most: 1e15, format: formatCount };
const PEAKS = { least: 1, most: 1_000, format: formatCount };
const RATES = { least: 0, most: 1e12, format: formatRate };
const SHARES = { least: 0, most: 1, format: formatShare };
const GROWTHS = { least: 0, most: 100, format: formatShare };
const SIZES = { least: 0, most: 2 ** 50, format: formatSize };
const LATENCIES = { least: 0.001, most: 3_600_000, format: formatDuration };
const RETENTIONS = { least: 1_000, most: 1_000 * 365 * 86_400_000, format: formatDuration };

/** Checks the requirements; `undefined` requires nothing. */
export function checkRequirements(place: Place, value: unknown): RequirementsModel {
  if (value === undefined) return {};
  const known = ["traffic", "latency", "availability", "durability", "retention", "data", "growthPerYear"];
  const options = readOptions(place, value, known, "requires");
  const read = (key: string, measure: Measure, range: Range) =>
    options[key] === undefined ? undefined : readMeasure(place.at(key), options[key], measure, range);
  return compact({
    traffic: options.traffic === undefined ? undefined : checkTraffic(place.at("traffic"), options.traffic),
    latency: options.latency === undefined ? undefined : checkLatency(place.at("latency"), options.latency),
    availability: belowAll(place.at("availability"), read("availability", SHARE, SHARES)),
    durability: belowAll(place.at("durability"), read("durability", SHARE, SHARES)),
    retentionMs: read("retention", DURATION, RETENTIONS),
    data: options.data === undefined ? undefined : checkData(place.at("data"), options.data),
    growthPerYear: read("growthPerYear", SHARE, GROWTHS),
  });
}

function checkTraffic(place: Place, value: unknown): TrafficModel {
  const known = ["dailyUsers", "requestsPerUserPerDay", "rate", "peak", "reads"];
  const options = readOptions(place, value, known, "traffic");
  const { dailyUsers, requestsPerUserPerDay, rate, peak, reads } = options;
  const byUsers = dailyUsers !== undefined || requestsPerUserPerDay !== undefined;
  if (byUsers && rate !== undefined) {
    place
      .at("rate")
      .problem(
        'traffic is stated twice, as a "rate" and by its users',
        "Keep one: the other follows from it.",
      );
  } else if (byUsers && (dailyUsers === undefined || requestsPerUserPerDay === undefined)) {
    const missing = dailyUsers === undefined ? "dailyUsers" : "requestsPerUserPerDay";
    place.problem(
      `traffic lacks "${missing}"`,
      'Write dailyUsers and requestsPerUserPerDay, or a "rate" alone.',
    );
  } else if (!byUsers && rate === undefined) {
    place.problem(
      "traffic does not say how much",
      'Write dailyUsers and requestsPerUserPerDay, or a rate such as "2300/s".',
    );
  }
  const read = (key: string, measure: Measure, range: Range) =>
    options[key] === undefined ? undefined : readMeasure(place.at(key), options[key], measure, range);
  return compact({
    dailyUsers: read("dailyUsers", COUNT, COUNTS),
    requestsPerUserPerDay: read("requestsPerUserPerDay", COUNT, COUNTS),
    requestsPerSecond: read("rate", RATE, RATES),
    peak: readMeasure(place.at("peak"), peak ?? 3, COUNT, PEAKS),
    reads: reads === undefined ? undefined : readMeasure(place.at("reads"), reads, SHARE, SHARES),
  });
}

const PERCENTILES = ["p50", "p90", "p95", "p99", "p999"] as const;

function checkLatency(place: Place, value: unknown): LatencyModel {
  const options = readOptions(place, value, PERCENTILES, "latency");
  const model: { -readonly [Key in keyof LatencyModel]: LatencyModel[Key] } = {};
  let lower: { name: string; ms: number } | undefined;
  for (const name of PERCENTILES) {
    if (options[name] === undefined) continue;
    const at = place.at(name);
    const ms = readMeasure(at, options[name], DURATION, LATENCIES);
    model[`${name}Ms`] = ms;
    if (lower && ms > 0 && ms < lower.ms) {
      at.problem(
        `${name} is ${formatDuration(ms)}, less than ${lower.name} with ${formatDuration(lower.ms)}`,
        "Of more requests the slowest takes longer: raise the one or lower the other.",
      );
    }
    if (ms > 0) lower = { name, ms };
  }
  return model;
}

function checkData(place: Place, value: unknown): DataModel {
  const known = ["recordSize", "recordsPerDay", "requestSize", "responseSize"];
  const options = readOptions(place, value, known, "data");
  const read = (key: string, measure: Measure, range: Range) =>
    options[key] === undefined ? undefined : readMeasure(place.at(key), options[key], measure, range);
  return compact({
    recordBytes: read("recordSize", SIZE, SIZES),
    recordsPerDay: read("recordsPerDay", COUNT, COUNTS),
    requestBytes: read("requestSize", SIZE, SIZES),
    responseBytes: read("responseSize", SIZE, SIZES),
  });
}

function belowAll(place: Place, share: number | undefined): number | undefined {
  if (share !== 1) return share;
  place.problem(
    "no system can promise 100%",
    'Say how many nines it needs: "99.99%" allows 53 minutes a year.',
  );
  return undefined;
}

type Given<Fields> = {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} & {
  [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<Fields[Key], undefined>;
};

/** Leaves out the fields that are `undefined`. */
function compact<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}
