import type { BackgroundWork } from "../resolved-model.ts";

/**
 * What was measured of a running system, for plans to start from: version 1 of the format, as whoever measures writes it and
 * `.trestle/<system>/profile.json` holds it. Plain data. Pure.
 */
export interface Profile {
  readonly version: 1;
  /** Of the design. */
  readonly system: string;
  /** The run that was measured. */
  readonly run: string;
  /** When, as ISO 8601 in UTC. */
  readonly measuredAt: string;
  readonly machine: {
    /** In words: `8 × AMD EPYC 7B13`. */
    readonly name: string;
    readonly cores: number;
  };
  /** Processor time that each request cost beside the parts: the load generator's, in milliseconds. Default 0. */
  readonly otherCpuMs?: number;
  /** Processor time that it costs a process to wake up and look what has come, in milliseconds. Default 0: it is in the times of the parts. */
  readonly turnMs?: number;
  /** Work that comes by the clock, besides what requests ask for; at most 100 of it. Default none. */
  readonly background?: readonly BackgroundWork[];
  /** By the name of the part. */
  readonly parts: Readonly<Record<string, ProfiledPart>>;
}

/** What was measured of a part. */
export interface ProfiledPart {
  /** By class of requests; `default` is for all others. Absent or empty: only what stands below. */
  readonly classes?: Readonly<Record<string, ProfiledTime>>;
  /** Of a cache: the share of its reads that it answered. */
  readonly hitRatio?: number;
}

/** How long a visit keeps a place of the part busy, without what it waits for others. Times in milliseconds. */
export interface ProfiledTime {
  /** Visits that were measured, at least 1. */
  readonly count: number;
  readonly meanMs: number;
  /** Coefficient of variation. */
  readonly spread: number;
  /** At ranks of 0 to 1, both rising; at most 100. */
  readonly percentiles?: readonly { readonly rank: number; readonly ms: number }[];
  /** Processor time of a visit. */
  readonly cpuMs: number;
}

/** The time of visits of a class, or of all others; undefined where none was measured. */
export function profiledTime(
  profile: Profile | undefined,
  part: string,
  className: string,
): ProfiledTime | undefined {
  const classes = own(profile?.parts, part)?.classes;
  return own(classes, className) ?? own(classes, "default");
}

/** Names come from designs: `constructor` is one as any other. */
function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
