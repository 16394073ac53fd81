import { readMeasure, readOptions } from "../check/values.ts";
import { createPart, type ServicePart } from "../part.ts";
import { type PlanFacts, readPlanFacts } from "../plan-facts.ts";
import { DURATION, type Duration, formatDuration } from "../quantities/duration.ts";
import type { Kind } from "./kind.ts";
import {
  type CommandOption,
  checkProgram,
  PROGRAM_OPTIONS,
  type ProgramOptions,
  type RunOption,
} from "./program.ts";
import { type Health, readHealth } from "./service/health.ts";
import { readReplicas, type Scaling } from "./service/replicas.ts";
import { readUpstream, type UpstreamOptions } from "./service/upstream.ts";

/** The options of a service: a file to run, a command, or the URL of one that runs elsewhere. */
export type ServiceOptions = ServiceBase & (RunOption | CommandOption | OutsideOption);

interface ServiceBase extends ProgramOptions {
  /** How many processes serve it, 1 to 100, or between which bounds they follow the load: `{ min: 1, max: 6 }`. Default 1. */
  readonly replicas?: number | Scaling | undefined;
  /** A path that answers 2xx when a replica can serve: `"/healthz"`; or a check of another kind. Default none: an open port is enough. */
  readonly health?: Health | undefined;
  /** How long a replica may take to become ready. 100 ms to 1 h; default 30 s. */
  readonly startTimeout?: Duration | undefined;
  /** How long a replica may take to end after SIGTERM, before it is killed. 0 to 10 min; default 10 s. */
  readonly stopTimeout?: Duration | undefined;
  /** How those who call it, edges and other services alike, spread and guard their requests. */
  readonly upstream?: UpstreamOptions | undefined;
  /** What `trestle plan` takes for granted of it. */
  readonly plan?: PlanFacts | undefined;
  /** Stands outside Trestle, at `http://` or `https://`: nothing is started, and this URL is handed on. */
  readonly url?: string | undefined;
}

interface OutsideOption {
  readonly url: string;
  readonly run?: undefined;
  readonly command?: undefined;
}

/**
 * A program that serves HTTP on the port that its environment's `PORT` says, in any language.
 *
 * `name` is in lower case with hyphens (`shortener`, `user-api`), at most 40 characters, and unique in the system.
 */
export function service(name: string, options: ServiceOptions): ServicePart {
  return createPart("service", name, options, service);
}

const OPTIONS = [
  ...PROGRAM_OPTIONS,
  "replicas",
  "health",
  "startTimeout",
  "stopTimeout",
  "upstream",
  "plan",
  "url",
] as const;
const START = { least: 100, most: 3_600_000, format: formatDuration };
const STOP = { least: 0, most: 600_000, format: formatDuration };

export const SERVICE: Kind<"service"> = {
  kind: "service",
  noun: "a service",
  protocols: ["http:", "https:"],
  check(part, context) {
    const { place, url } = context;
    const options = readOptions(place, part.options, OPTIONS, "a service");
    const { program, folder, uses, environment, needs: used } = checkProgram(options, context, "a service");
    const needs = [...used];
    const upstream =
      options.upstream === undefined
        ? undefined
        : readUpstream(place.at("upstream"), options.upstream, {
            folder: context.folder,
            isOutside: url !== undefined,
            needs,
          });
    const plan = readPlanFacts(place.at("plan"), options.plan, Object.keys(uses));
    const health = options.health === undefined ? undefined : readHealth(place.at("health"), options.health);
    return {
      model: {
        kind: "service",
        name: part.name,
        program,
        folder,
        uses,
        environment,
        ...readReplicas(place.at("replicas"), options.replicas ?? 1),
        ...(health === undefined ? {} : { health }),
        startTimeoutMs: readMeasure(
          place.at("startTimeout"),
          options.startTimeout ?? "30 s",
          DURATION,
          START,
        ),
        stopTimeoutMs: readMeasure(place.at("stopTimeout"), options.stopTimeout ?? "10 s", DURATION, STOP),
        ...(upstream === undefined ? {} : { upstream }),
        ...(plan === undefined ? {} : { plan }),
        ...(url === undefined ? {} : { url }),
      },
      needs,
    };
  },
};
