import { checkAdmin } from "./admin/admin-config.ts";
import { listener, problemsOfAddresses } from "./check/listener-shape.ts";
import {
  type Fields,
  flag,
  list,
  milliseconds,
  path,
  record,
  type Shape,
  share,
  text,
  whole,
  wrong,
} from "./check/shape.ts";
import { telemetry } from "./check/telemetry-shape.ts";
import { problemsOfFallbacks, upstream } from "./check/upstream-shape.ts";
import type { AccessLogConfig, AdminConfig, EdgeConfig, EdgeLimits } from "./config/index.ts";
import { EdgeError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { isRecord, placeOf, type RouteProblem } from "./routing/route-problem.ts";
import { WORKERS_MAX } from "./workers/worker-config.ts";

/** Problems that a message tells; those beyond are counted. */
const TOLD_MAX = 10;
/** Problems that `details` lists. */
const LISTED_MAX = 100;

/**
 * Throws `EdgeError` `INVALID_CONFIG` unless the configuration, which may be any value, can be put in force. The message names each place that
 * is wrong, on a line of its own with the mend, up to ten of them; `details.place` is the first, and `details.problems` lists up to a hundred
 * as `{ place, problem, mend }`. What only opening it can tell (a file that is missing, a port that is taken) is told then. Pure.
 */
export function checkConfig(config: unknown): asserts config is EdgeConfig {
  const problems = problemsOfConfig(config);
  const [first] = problems;
  if (!first) return;
  const lines = problems.slice(0, TOLD_MAX).map(({ place, problem, mend }) => `${place} ${problem}: ${mend}`);
  if (problems.length > TOLD_MAX) lines.push(`and ${problems.length - TOLD_MAX} more`);
  throw new EdgeError("INVALID_CONFIG", lines.join("\n"), {
    details: { place: first.place, problems: problems.slice(0, LISTED_MAX) },
  });
}

/** Everything that is wrong with a configuration, which may be any value; nothing when it can be put in force. */
export function problemsOfConfig(config: unknown): readonly RouteProblem[] {
  const upstreams = isRecord(config) && isRecord(config.upstreams) ? config.upstreams : undefined;
  // Without any upstreams to look at, their absence is problem enough.
  const shape = configShape((name) => upstreams === undefined || Object.hasOwn(upstreams, name));
  // Where the whole is no configuration, it goes by that name.
  return isRecord(config) ? shape(config, "") : shape(config, "config");
}

function configShape(isUpstream: (name: string) => boolean): Shape {
  const oneUpstream = upstream(isUpstream);
  const listeners = list(listener(isUpstream), '[{ "host": "127.0.0.1", "port": 8080, "routes": [] }]', 1);
  return record<EdgeConfig>(
    '{ "listeners": [], "upstreams": {} }',
    {
      listeners: (value, place) => [...listeners(value, place), ...problemsOfAddresses(value, place)],
      upstreams: (value, place) =>
        isRecord(value)
          ? [
              ...Object.entries(value).flatMap(([name, one]) => oneUpstream(one, placeOf(place, name))),
              ...problemsOfFallbacks(value, place),
            ]
          : [
              wrong(
                place,
                "are not named",
                'write them by their names, as in { "api": { "endpoints": [] } }',
              ),
            ],
      limits: record<Partial<EdgeLimits>>('{ "bodyBytes": 1048576 }', LIMITS, []),
      documentationUrl: text(/^[\x21-\x7e]+$/, "write a URL, as in /docs/errors", 2_048),
      accessLog,
      admin,
      telemetry,
      workers: whole(1, WORKERS_MAX),
    },
    ["listeners", "upstreams"],
  );
}

/** Of these none at all is a sensible bound. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set(["bodyBytes", "idleUpstreamConnections"]);

/** Every limit that has a default: times by their names, counts and sizes. */
const LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name): [string, Shape] => {
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    return [name, name.endsWith("Ms") ? milliseconds(least) : whole(least)];
  }),
) as unknown as Fields<Partial<EdgeLimits>>;

const accessLog: Shape = record<AccessLogConfig>(
  '{ "to": "stdout" }',
  { to: path('access.jsonl, or "stdout"'), share, always: flag, slowMs: milliseconds(0) },
  ["to"],
);

const admin: Shape = (value, place) => {
  const names: Fields<AdminConfig> = { host: sound, port: sound, token: sound };
  const problems = record<AdminConfig>('{ "port": 9901, "token": "…" }', names, ["port", "token"])(
    value,
    place,
  );
  if (problems.length > 0) return problems;
  try {
    checkAdmin(value as AdminConfig);
    return [];
  } catch (thrown) {
    // It names its own place, and says what has to be there.
    if (!(thrown instanceof EdgeError)) throw thrown;
    const at = String(thrown.details.place);
    return [wrong(at, "is not of its form", `it ${thrown.message.slice(at.length + 1)}`)];
  }
};

const sound: Shape = () => [];
