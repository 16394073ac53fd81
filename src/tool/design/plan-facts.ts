import type { Place } from "./check/place.ts";
import { choice, flag, type Reader, readTable, share, size, text, time, whole } from "./check/readers.ts";
import { isPlainObject, readMeasure } from "./check/values.ts";
import type { CallsModel, PlanFactsModel, WorkModel } from "./plan-model.ts";
import { DURATION, type Duration, formatDuration } from "./quantities/duration.ts";
import { shown } from "./quantities/measure.ts";
import type { Share } from "./quantities/share.ts";
import type { Size } from "./quantities/size.ts";

/** What `trestle plan` takes for granted of a part. What is left out was measured, or is a default of the part's kind. */
export interface PlanFacts {
  /** What a request costs here, by the name of its class; `default` is for all others. */
  readonly work?: Readonly<Record<string, Work | undefined>> | undefined;
  /** Requests that one replica works on at once. 1 to 1,000,000. */
  readonly concurrency?: number | undefined;
  /** The share of time in which one replica is up: `"99.9%"`. */
  readonly availability?: Share | undefined;
  /** How long it takes until another stands in for one that failed. */
  readonly failover?: Duration | undefined;
  /** Places that fail apart from each other, over which its replicas are spread. 1 to 100; default 1. */
  readonly zones?: number | undefined;
  /** Copies of its data, its own among them; of an edge, which keeps none, as many edges as it. 1 to 100; default 1. */
  readonly copies?: number | undefined;
  /** What one replica costs a month, in whatever currency all prices of the design are in. */
  readonly pricePerMonth?: number | undefined;
  /** An item of a cache, with its key. */
  readonly itemSize?: Size | undefined;
  /** Of a database: how much data each of its copies has room for. 1 B to 1 PiB; default: not known. */
  readonly disk?: Size | undefined;
  /** How often its data are backed up. Default: never. */
  readonly backupEvery?: Duration | undefined;
  /** What it does when its copies cannot reach each other: refuse, or answer with what may be old. */
  readonly prefers?: "consistency" | "availability" | undefined;
}

/** What a request costs at a part. */
export interface Work {
  /** How long it keeps one of the part's places busy on average, without the calls below. 1 ns to 1 h. */
  readonly time: Duration;
  /** The coefficient of variation of that time: 0 is always the same; default 1, as irregular as an exponential distribution. Up to 100. */
  readonly spread?: number | undefined;
  /** Calls of parts that it uses, by the name under which it uses them. Default: what services of its kind do. */
  readonly calls?: Readonly<Record<string, Calls | number | undefined>> | undefined;
}

/** How a part is called; a number alone is how often. */
export interface Calls {
  /** How often, one after the other. Up to 10,000; default 1. */
  readonly times?: number | undefined;
  /** In which share of the requests. Default all. */
  readonly share?: Share | undefined;
  /** Calls that name the same group run at the same time. Default: one after the other. */
  readonly group?: string | undefined;
  /** How long the caller waits. Default: for ever. */
  readonly timeout?: Duration | undefined;
  /** Attempts after the first. Up to 100; default 0. */
  readonly retries?: number | undefined;
  /** Whether a budget bounds the retries. Default false. */
  readonly budget?: boolean | undefined;
}

const MEAN = { least: 1e-6, most: 3_600_000, format: formatDuration };

/** Reads what a part says of itself for a plan. `uses` are the names under which it uses others. */
export function readPlanFacts(
  place: Place,
  value: unknown,
  uses: readonly string[] = [],
): PlanFactsModel | undefined {
  if (value === undefined) return undefined;
  return readTable<PlanFactsModel>(place, value, "plan", {
    work: ["work", workBy(uses)],
    concurrency: ["concurrency", whole(1, 1_000_000)],
    availability: ["availability", share("some")],
    failoverMs: ["failover", time(0)],
    zones: ["zones", whole(1, 100)],
    copies: ["copies", whole(1, 100)],
    pricePerMonth: ["pricePerMonth", number(0, 1e9, "a price")],
    itemBytes: ["itemSize", size(1)],
    diskBytes: ["disk", size(1)],
    backupEveryMs: ["backupEvery", time(1)],
    prefers: ["prefers", choice("consistency", "availability")],
  });
}

function workBy(uses: readonly string[]): Reader<Readonly<Record<string, WorkModel>>> {
  const one = work(uses);
  return (place, value) => {
    if (!isPlainObject(value)) {
      place.problem(
        `${shown(value)} does not say what requests cost`,
        'Write { default: { time: "2 ms" } }.',
      );
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, given]) =>
        given === undefined ? [] : [[name, one(place.at(name), given)]],
      ),
    );
  };
}

function work(uses: readonly string[]): Reader<WorkModel> {
  return (place, value) => ({
    spread: 1,
    ...readTable<Partial<WorkModel> & Pick<WorkModel, "meanMs">>(
      place,
      value,
      "work",
      {
        meanMs: ["time", (at, given) => readMeasure(at, given, DURATION, MEAN)],
        spread: ["spread", number(0, 100, "a coefficient of variation")],
        calls: ["calls", callsBy(uses)],
      },
      ["time"],
    ),
  });
}

function callsBy(uses: readonly string[]): Reader<Readonly<Record<string, CallsModel>>> {
  return (place, value) => {
    if (!isPlainObject(value)) {
      place.problem(`${shown(value)} does not say what is called`, "Write { links: 1 }, for instance.");
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, given]) => {
        if (given === undefined) return [];
        if (!uses.includes(name)) {
          const known =
            uses.length > 0 ? `It uses ${uses.join(", ")}.` : 'It uses none: name it in "uses" as well.';
          place.at(name).problem(`nothing is used under the name ${shown(name)}`, known);
        }
        return [[name, calls(place.at(name), given)]];
      }),
    );
  };
}

const calls: Reader<CallsModel> = (place, value) => {
  const usual = { times: 1, share: 1, retries: 0, budget: false };
  const times = number(0, 10_000, "a number of calls");
  if (typeof value === "number") return { ...usual, times: times(place, value) };
  return {
    ...usual,
    ...readTable<Partial<CallsModel>>(place, value, "calls", {
      times: ["times", times],
      share: ["share", share()],
      group: ["group", text("a group's name", "both")],
      timeoutMs: ["timeout", time(1)],
      retries: ["retries", whole(0, 100)],
      budget: ["budget", flag],
    }),
  };
};

/** A number, not necessarily whole, of a range. */
function number(least: number, most: number, what: string): Reader<number> {
  return (place, value) => {
    if (typeof value === "number" && value >= least && value <= most) return value;
    place.problem(`${shown(value)} is not ${what}`, `Write a number from ${least} to ${most}.`);
    return least;
  };
}
