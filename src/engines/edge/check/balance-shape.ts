/** What a configuration may say of how an upstream's endpoints are chosen. Pure. */

import { affinityProblem } from "../affinity/affinities.ts";
import type { AffinityConfig, BalanceConfig, HashKeyConfig } from "../config/index.ts";
import { isRecord } from "../routing/route-problem.ts";
import { choice, milliseconds, record, type Shape, shown, text, whole, wrong } from "./shape.ts";

/** Names of fields, cookies and the like: tokens (RFC 9110, section 5.6.2). */
const token = text(/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/, "use letters, digits and hyphens", 128);

type Algorithm = BalanceConfig["algorithm"];
type Balance<Name extends Algorithm> = Extract<BalanceConfig, { algorithm: Name }>;

const plain = (name: Algorithm): Shape =>
  record<{ readonly algorithm: Algorithm }>(`{ "algorithm": "${name}" }`, { algorithm: choice(name) }, [
    "algorithm",
  ]);

type KeySource = HashKeyConfig["from"];

const namedKey = (from: KeySource): Shape =>
  record<{ readonly from: KeySource; readonly name: string }>(
    `{ "from": "${from}", "name": "user" }`,
    { from: choice(from), name: from === "query" ? text(/^/, "name a parameter", 128) : token },
    ["from", "name"],
  );
const namelessKey = (from: KeySource): Shape =>
  record<{ readonly from: KeySource }>(`{ "from": "${from}" }`, { from: choice(from) }, ["from"]);

const KEYS: Readonly<Record<KeySource, Shape>> = {
  ip: namelessKey("ip"),
  header: namedKey("header"),
  cookie: namedKey("cookie"),
  query: namedKey("query"),
  path: namelessKey("path"),
};

const ALGORITHMS: Readonly<Record<Algorithm, Shape>> = {
  "round-robin": plain("round-robin"),
  "weighted-round-robin": plain("weighted-round-robin"),
  "least-connections": plain("least-connections"),
  "weighted-least-connections": plain("weighted-least-connections"),
  "least-response-time": record<Balance<"least-response-time">>(
    '{ "algorithm": "least-response-time" }',
    { algorithm: choice("least-response-time"), decayMs: milliseconds(1) },
    ["algorithm"],
  ),
  random: plain("random"),
  "power-of-two": plain("power-of-two"),
  "ip-hash": plain("ip-hash"),
  "consistent-hash": record<Balance<"consistent-hash">>(
    '{ "algorithm": "consistent-hash", "key": { "from": "ip" } }',
    {
      algorithm: choice("consistent-hash"),
      key: byKind("from", KEYS, '{ "from": "header", "name": "x-user" }'),
      loadFactor: (value, place) =>
        value === 0 || (typeof value === "number" && value > 1 && Number.isFinite(value))
          ? []
          : [wrong(place, `is ${shown(value)}`, "use a number above 1, as in 1.25; 0 is no bound")],
    },
    ["algorithm", "key"],
  ),
};

/** How an endpoint is chosen. */
export const balance: Shape = byKind("algorithm", ALGORITHMS, '{ "algorithm": "round-robin" }');

type AffinityKind = AffinityConfig["by"];
type AffinityOf<Kind extends AffinityKind> = Extract<AffinityConfig, { by: Kind }>;

/** What is known of affinities beyond their shape, they say themselves. */
const soundAffinity = (config: AffinityConfig, place: string) => {
  const problem = affinityProblem(config);
  return problem === undefined ? [] : [wrong(place, problem, "mend it, or leave it out")];
};

const AFFINITIES: Readonly<Record<AffinityKind, Shape>> = {
  cookie: record<AffinityOf<"cookie">>(
    '{ "by": "cookie" }',
    {
      by: choice("cookie"),
      name: token,
      maxAgeMs: whole(1_000),
      secret: text(/^[\s\S]{16,}$/, "use at least 16 characters that cannot be guessed"),
    },
    ["by"],
    soundAffinity,
  ),
  ip: record<AffinityOf<"ip">>('{ "by": "ip" }', { by: choice("ip") }, ["by"]),
  header: record<AffinityOf<"header">>(
    '{ "by": "header", "name": "x-user" }',
    { by: choice("header"), name: token },
    ["by", "name"],
    soundAffinity,
  ),
};

/** Who stays with whom. */
export const affinity: Shape = byKind("by", AFFINITIES, '{ "by": "cookie" }');

/** One of several shapes, which one field tells apart. */
function byKind(field: string, shapes: Readonly<Record<string, Shape>>, example: string): Shape {
  return (value, place) => {
    if (!isRecord(value)) return [wrong(place, `is ${shown(value)}`, `write an object, as in ${example}`)];
    const kind = Object.hasOwn(value, field) ? value[field] : undefined;
    const shape = typeof kind === "string" && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
    return shape ? shape(value, place) : choice(...Object.keys(shapes))(kind, `${place}.${field}`);
  };
}
