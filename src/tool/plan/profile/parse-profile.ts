import { messageOf, nearest } from "../../../blocks/errors/index.ts";
import { PlanError } from "../errors.ts";
import type { BackgroundWork } from "../resolved-model.ts";
import type { Profile, ProfiledPart, ProfiledTime } from "./profile.ts";

/** More text than a profile of a large system has. */
export const PROFILE_BYTES_MAX: number = 16 * 1024 * 1024;
const PARTS_MAX = 1_000;
const CLASSES_MAX = 1_000;
const PERCENTILES_MAX = 100;
const BACKGROUND_MAX = 100;
const TEXT_MAX = 1_000;
/** A day: nothing that is measured takes longer. */
const MS_MAX = 86_400_000;

/**
 * Reads a profile strictly: what is missing, unknown or out of its range is told with its place. Pure.
 *
 * @throws PlanError `PROFILE_INVALID`, or `PROFILE_TOO_NEW` for a later version. `source` is how the message calls the file.
 */
export function parseProfile(text: string, source = "the profile"): Profile {
  if (text.length > PROFILE_BYTES_MAX)
    throw new PlanError("PROFILE_INVALID", `${source} is larger than ${PROFILE_BYTES_MAX} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlanError("PROFILE_INVALID", `${source} is no JSON: ${messageOf(cause)}.`, { cause });
  }
  return new Reading(source).profile(value);
}

/** Walks the value with the place where it is. */
class Reading {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  profile(value: unknown): Profile {
    const version = isRecord(value) ? value.version : undefined;
    if (typeof version === "number" && version > 1)
      throw new PlanError(
        "PROFILE_TOO_NEW",
        `${this.#source} has version ${version}, and this Trestle reads version 1. Use the newer one, or measure again.`,
      );
    const optional = ["otherCpuMs", "turnMs", "background"];
    const known = ["version", "system", "run", "measuredAt", "machine", ...optional, "parts"];
    const fields = this.#fields("", value, known, optional);
    if (fields.version !== 1) this.#refuse("version", "is not 1");
    const machine = this.#fields("machine", fields.machine, ["name", "cores"]);
    const measuredAt = this.#text("measuredAt", fields.measuredAt);
    if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(measuredAt) || Number.isNaN(Date.parse(measuredAt)))
      this.#refuse("measuredAt", "is no time such as 2026-01-31T12:00:00Z");
    return {
      version: 1,
      system: this.#text("system", fields.system),
      run: this.#text("run", fields.run),
      measuredAt,
      machine: {
        name: this.#text("machine.name", machine.name),
        cores: this.#number("machine.cores", machine.cores, 0.01, 100_000),
      },
      ...(fields.otherCpuMs === undefined
        ? {}
        : { otherCpuMs: this.#number("otherCpuMs", fields.otherCpuMs, 0, MS_MAX) }),
      ...(fields.turnMs === undefined ? {} : { turnMs: this.#number("turnMs", fields.turnMs, 0, MS_MAX) }),
      ...(fields.background === undefined ? {} : { background: this.#background(fields.background) }),
      parts: this.#record("parts", fields.parts, PARTS_MAX, (at, one) => this.#part(at, one)),
    };
  }

  #background(value: unknown): BackgroundWork[] {
    if (!Array.isArray(value) || value.length > BACKGROUND_MAX)
      return this.#refuse("background", `is no list of up to ${BACKGROUND_MAX} works`);
    return value.map((one: unknown, index) => {
      const at = `background[${index}]`;
      const known = ["title", "everyMs", "cpuMs", "cpuMsPerRequest"];
      const { title, everyMs, cpuMs, cpuMsPerRequest } = this.#fields(at, one, known, ["cpuMsPerRequest"]);
      return {
        title: this.#text(`${at}.title`, title),
        // More often than each millisecond is work of the requests themselves.
        everyMs: this.#number(`${at}.everyMs`, everyMs, 1, MS_MAX),
        cpuMs: this.#number(`${at}.cpuMs`, cpuMs, 0, MS_MAX),
        ...(cpuMsPerRequest === undefined
          ? {}
          : { cpuMsPerRequest: this.#number(`${at}.cpuMsPerRequest`, cpuMsPerRequest, 0, MS_MAX) }),
      };
    });
  }

  #part(place: string, value: unknown): ProfiledPart {
    const fields = this.#fields(place, value, ["classes", "hitRatio"], ["classes", "hitRatio"]);
    return {
      ...(fields.classes === undefined
        ? {}
        : {
            classes: this.#record(`${place}.classes`, fields.classes, CLASSES_MAX, (at, one) =>
              this.#time(at, one),
            ),
          }),
      ...(fields.hitRatio === undefined
        ? {}
        : { hitRatio: this.#number(`${place}.hitRatio`, fields.hitRatio, 0, 1) }),
    };
  }

  #time(place: string, value: unknown): ProfiledTime {
    const known = ["count", "meanMs", "spread", "percentiles", "cpuMs"];
    const fields = this.#fields(place, value, known, ["percentiles"]);
    const time = {
      count: this.#number(`${place}.count`, fields.count, 1, 1e15),
      meanMs: this.#number(`${place}.meanMs`, fields.meanMs, 0, MS_MAX),
      spread: this.#number(`${place}.spread`, fields.spread, 0, 1_000),
      cpuMs: this.#number(`${place}.cpuMs`, fields.cpuMs, 0, MS_MAX),
    };
    if (fields.percentiles === undefined) return time;
    return { ...time, percentiles: this.#percentiles(`${place}.percentiles`, fields.percentiles) };
  }

  #percentiles(place: string, value: unknown): { rank: number; ms: number }[] {
    if (!Array.isArray(value) || value.length > PERCENTILES_MAX)
      return this.#refuse(place, `is no list of up to ${PERCENTILES_MAX} ranks`);
    let below = { rank: -1, ms: 0 };
    return value.map((one: unknown, index) => {
      const at = `${place}[${index}]`;
      const fields = this.#fields(at, one, ["rank", "ms"]);
      const rank = this.#number(`${at}.rank`, fields.rank, 0, 1);
      const ms = this.#number(`${at}.ms`, fields.ms, 0, MS_MAX);
      if (rank <= below.rank) this.#refuse(`${at}.rank`, "is not above the one before");
      if (ms < below.ms) this.#refuse(`${at}.ms`, "is below that of a lower rank");
      below = { rank, ms };
      return below;
    });
  }

  #record<Value>(
    place: string,
    value: unknown,
    most: number,
    read: (place: string, value: unknown) => Value,
  ): Record<string, Value> {
    if (!isRecord(value)) return this.#refuse(place, "is no object");
    const entries = Object.entries(value);
    if (entries.length > most) this.#refuse(place, `has more than ${most} names`);
    return Object.fromEntries(entries.map(([name, one]) => [name, read(`${place}.${name}`, one)]));
  }

  #fields(
    place: string,
    value: unknown,
    known: readonly string[],
    optional: readonly string[] = [],
  ): Readonly<Record<string, unknown>> {
    if (!isRecord(value)) return this.#refuse(place, "is no object");
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      const meant = nearest(name, known);
      this.#refuse(
        within(place, name),
        `is no field${meant === undefined ? "" : `: did you mean "${meant}"?`}`,
      );
    }
    for (const name of known) {
      if (!Object.hasOwn(value, name) && !optional.includes(name))
        this.#refuse(within(place, name), "is missing");
    }
    return value;
  }

  #number(place: string, value: unknown, least: number, most: number): number {
    if (typeof value === "number" && value >= least && value <= most) return value;
    return this.#refuse(place, `is no number from ${least} to ${most}`);
  }

  #text(place: string, value: unknown): string {
    if (typeof value === "string" && value !== "" && value.length <= TEXT_MAX) return value;
    return this.#refuse(place, `is no text of 1 to ${TEXT_MAX} characters`);
  }

  #refuse(place: string, problem: string): never {
    const at = place === "" ? "the whole" : place.slice(0, 200);
    throw new PlanError(
      "PROFILE_INVALID",
      `${this.#source}: ${at} ${problem}. Measure again, or leave the profile out.`,
      { details: { place: at } },
    );
  }
}

function within(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
