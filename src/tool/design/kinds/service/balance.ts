import type { Place } from "../../check/place.ts";
import { choice, type Reader, readTable, time } from "../../check/readers.ts";
import { isPlainObject, readText } from "../../check/values.ts";
import type { Duration } from "../../quantities/duration.ts";
import { shown } from "../../quantities/measure.ts";
import type { AffinityModel, BalanceModel, HashKeyModel } from "../../upstream-model.ts";

/** How the replica of a request is chosen: the name of an algorithm, or one with settings. */
export type Balance = Algorithm | LeastResponseTime | ConsistentHash;

const ALGORITHMS = [
  "round-robin",
  "weighted-round-robin",
  "least-connections",
  "weighted-least-connections",
  "least-response-time",
  "random",
  "power-of-two",
  "ip-hash",
] as const;

/**
 * `"least-response-time"` weighs how long answers take; `"power-of-two"` takes the less busy of two drawn by lot; those that are weighted
 * heed `weights`.
 */
export type Algorithm = (typeof ALGORITHMS)[number];

/** The shortest time to an answer, times what is under way (peak EWMA). */
export interface LeastResponseTime {
  readonly algorithm: "least-response-time";
  /** How long a slow answer is remembered. 1 ms to 1 day; default 10 s. */
  readonly decay?: Duration | undefined;
}

/** One key goes to one replica, and a change of the replicas moves few keys (Maglev). */
export interface ConsistentHash {
  readonly algorithm: "consistent-hash";
  readonly key: HashKey;
  /** None gets more than so many times its fair share of what is under way. Above 1, up to 100; 0: no bound. Default 1.25. */
  readonly loadFactor?: number | undefined;
}

/** What a request is known by. */
export type HashKey =
  | "ip"
  | "path"
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly query: string };

/** A client stays with the replica that it was given, for as long as that one can be used. `"cookie"`: by a signed cookie. */
export type Affinity = "cookie" | "ip" | CookieAffinity | { readonly header: string };

/** By a signed cookie. */
export interface CookieAffinity {
  /** Its name. Services that share a host need different ones; `"cookie"` alone gives each its own. */
  readonly cookie: string;
  /** For how long it holds, 1 s to 1 day from the last answers; default 1 day. */
  readonly maxAge?: Duration | undefined;
}

const LOAD_FACTOR_MAX = 100;

/** Reads `balance`. */
export const readBalance: Reader<BalanceModel> = (place, value) => {
  if (!isPlainObject(value)) {
    if (value === "consistent-hash") {
      place.problem(
        "consistent-hash needs a key",
        'Write { algorithm: "consistent-hash", key: "ip" }, for instance.',
      );
      return { algorithm: "random" };
    }
    return { algorithm: choice(...ALGORITHMS)(place, value) };
  }
  if (value.algorithm === "least-response-time") {
    return readTable<Extract<BalanceModel, { algorithm: "least-response-time" }>>(place, value, "a balance", {
      algorithm: ["algorithm", () => "least-response-time"],
      decayMs: ["decay", time(1)],
    });
  }
  if (value.algorithm === "consistent-hash") {
    return readTable<Extract<BalanceModel, { algorithm: "consistent-hash" }>>(
      place,
      value,
      "a balance",
      {
        algorithm: ["algorithm", () => "consistent-hash"],
        key: ["key", readKey],
        loadFactor: ["loadFactor", readLoadFactor],
      },
      ["key"],
    );
  }
  return readTable<{ algorithm: Exclude<Algorithm, "least-response-time"> }>(
    place,
    value,
    "a balance",
    {
      algorithm: [
        "algorithm",
        (at, name) => {
          choice(...ALGORITHMS, "consistent-hash")(at, name);
          return name as Exclude<Algorithm, "least-response-time">;
        },
      ],
    },
    ["algorithm"],
  );
};

const readLoadFactor: Reader<number> = (place, value) => {
  if (value === 0 || (typeof value === "number" && value > 1 && value <= LOAD_FACTOR_MAX)) return value;
  place.problem(
    `${shown(value)} is not a load factor`,
    `Write a number above 1, up to ${LOAD_FACTOR_MAX}, such as 1.25; 0 is no bound.`,
  );
  return 0;
};

/** Names of fields and cookies. */
const readToken: Reader<string> = (place, value) => {
  const name = readText(place, value, "a name", "x-user", 128);
  if (name !== "" && !/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/.test(name))
    place.problem(`${shown(name)} is not a name`, "Use letters, digits and hyphens.");
  return name;
};

const readKey: Reader<HashKeyModel> = (place, value) => {
  if (value === "ip" || value === "path") return { from: value };
  const from = (["header", "cookie", "query"] as const).find((name) => isPlainObject(value) && name in value);
  if (!isPlainObject(value) || from === undefined || Object.keys(value).length > 1) {
    place.problem(
      `${shown(value)} is not what a request is known by`,
      'Write "ip", "path", { header: "x-user" }, { cookie: "sid" } or { query: "user" }.',
    );
    return { from: "ip" };
  }
  const at = place.at(from);
  return {
    from,
    name:
      from === "query"
        ? readText(at, value.query, "a parameter's name", "user", 128)
        : readToken(at, value[from]),
  };
};

/** Reads `affinity`. */
export const readAffinity: Reader<AffinityModel> = (place, value) => {
  if (value === "cookie" || value === "ip") return { by: value };
  if (isPlainObject(value) && "cookie" in value) return readCookie(place, value);
  if (isPlainObject(value) && "header" in value) {
    return {
      by: "header",
      ...readTable<{ name: string }>(place, value, "an affinity", { name: ["header", readToken] }, [
        "header",
      ]),
    };
  }
  place.problem(
    `${shown(value)} does not say who stays`,
    'Write "cookie", "ip", { cookie: "sid", maxAge: "1 h" } or { header: "x-user" }.',
  );
  return { by: "ip" };
};

function readCookie(place: Place, value: unknown): AffinityModel {
  return {
    by: "cookie",
    ...readTable<{ name: string; maxAgeMs?: number }>(
      place,
      value,
      "an affinity",
      { name: ["cookie", readToken], maxAgeMs: ["maxAge", time(1_000)] },
      ["cookie"],
    ),
  };
}
