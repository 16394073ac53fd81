import type { Place } from "./check/place.ts";
import { choice, type Reader, readTable, share, size } from "./check/readers.ts";
import { isPlainObject, readMeasure, readText } from "./check/values.ts";
import { type EdgePart, isPart, type ServicePart } from "./part.ts";
import type { KeysModel, RequestClassModel } from "./plan-model.ts";
import { COUNT, type Count, formatCount } from "./quantities/count.ts";
import { shown } from "./quantities/measure.ts";
import { formatShare, type Share } from "./quantities/share.ts";
import type { Size } from "./quantities/size.ts";

/** One class of requests that the system gets: who asks for what, and how often beside the others. */
export interface RequestClass {
  /** The part at which it comes in. */
  readonly to: EdgePart | ServicePart;
  /** What is asked for: `"GET /:code"`, or a path alone for GET. */
  readonly request: string;
  /** Of all requests: `"90%"`. Classes without one share what is left alike. */
  readonly share?: Share | undefined;
  /** Whether it only reads. Default: GET, HEAD and OPTIONS do. */
  readonly kind?: "read" | "write" | undefined;
  /** The bodies. Default: those of `requires.data`. */
  readonly requestSize?: Size | undefined;
  readonly responseSize?: Size | undefined;
  /** Which of many things it is about: caches keep the popular ones. */
  readonly keys?: Keys | undefined;
}

/** A population of things that are asked for. */
export interface Keys {
  /** How many there are. 1 to 10^12. */
  readonly count: Count;
  /** The exponent of Zipf's law: 0 is all alike, default 1. Up to 3. */
  readonly skew?: number | undefined;
}

/** A part that a class of requests names, to be checked with the others. */
export interface NamedPart {
  readonly part: EdgePart | ServicePart;
  readonly place: Place;
}

const METHODS = /^(?:(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )?(\/\S*)$/;
const READS = ["GET", "HEAD", "OPTIONS"];
const CLASSES_MAX = 100;

/** Checks the classes of requests; the parts that they name are returned beside. */
export function checkRequests(
  place: Place,
  value: unknown,
): { classes: readonly RequestClassModel[]; named: readonly NamedPart[] } {
  if (value === undefined) return { classes: [], named: [] };
  if (!isPlainObject(value)) {
    place.problem(
      `${shown(value)} names no requests`,
      'Write { follow: { to: front, request: "GET /:code" } }.',
    );
    return { classes: [], named: [] };
  }
  const named: NamedPart[] = [];
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  if (given.length > CLASSES_MAX)
    place.problem(`there are ${given.length} classes of requests`, `A design has at most ${CLASSES_MAX}.`);
  const read = given.map(([name, one]) => checkClass(place.at(name), name, one, named));
  return { classes: withShares(place, read), named };
}

type Unshared = Omit<RequestClassModel, "share"> & { readonly share?: number };

function checkClass(place: Place, name: string, value: unknown, named: NamedPart[]): Unshared {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name) || name === "default")
    place.problem(
      `${shown(name)} cannot name requests`,
      "Use up to 40 letters, digits and hyphens; not default.",
    );
  let method = "GET";
  let path = "/";
  let to = "";
  const entry: Reader<string> = (at, part) => {
    if (isPart(part) && (part.kind === "edge" || part.kind === "service")) {
      named.push({ part: part as EdgePart | ServicePart, place: at });
      to = part.name;
    } else at.problem(`${shown(part)} is no edge or service`, "Write the part itself, without quotes.");
    return to;
  };
  const request: Reader<string> = (at, given) => {
    const written = readText(at, given, "a request", "GET /:code");
    const [, verb = "GET", target] = METHODS.exec(written) ?? [];
    if (written !== "" && target === undefined)
      at.problem(`${shown(given)} is not a request`, 'Write a method and a path: "POST /api/links".');
    method = verb;
    path = target ?? "/";
    return written;
  };
  const read = readTable<{
    to: string;
    request: string;
    share?: number;
    kind?: "read" | "write";
    requestBytes?: number;
    responseBytes?: number;
    keys?: KeysModel;
  }>(
    place,
    value,
    "a class of requests",
    {
      to: ["to", entry],
      request: ["request", request],
      share: ["share", share()],
      kind: ["kind", choice("read", "write")],
      requestBytes: ["requestSize", size(0)],
      responseBytes: ["responseSize", size(0)],
      keys: ["keys", keys],
    },
    ["to", "request"],
  );
  const { request: _written, kind = READS.includes(method) ? "read" : "write", ...rest } = read;
  return { ...rest, name, to, method, path, kind };
}

const keys: Reader<KeysModel> = (place, value) => ({
  count: 1,
  skew: 1,
  ...readTable<Partial<KeysModel>>(
    place,
    value,
    "keys",
    {
      count: [
        "count",
        (at, given) => readMeasure(at, given, COUNT, { least: 1, most: 1e12, format: formatCount }),
      ],
      skew: [
        "skew",
        (at, given) => {
          if (typeof given === "number" && given >= 0 && given <= 3) return given;
          at.problem(`${shown(given)} is no exponent of Zipf's law`, "Write a number from 0 to 3.");
          return 1;
        },
      ],
    },
    ["count"],
  ),
});

function withShares(place: Place, classes: readonly Unshared[]): readonly RequestClassModel[] {
  const said = classes.reduce((sum, { share = 0 }) => sum + share, 0);
  const silent = classes.filter((one) => one.share === undefined).length;
  const isWhole = silent > 0 ? said <= 1 + 1e-9 : Math.abs(said - 1) < 1e-9;
  if (classes.length > 0 && !isWhole) {
    place.problem(
      `the shares of all requests are ${formatShare(Number(said.toFixed(6)))}`,
      "They have to add up to 100%; one class without a share gets what is left.",
    );
  }
  const rest = silent > 0 ? Math.max(0, 1 - said) / silent : 0;
  return classes.map((one) => ({ ...one, share: one.share ?? rest }));
}
