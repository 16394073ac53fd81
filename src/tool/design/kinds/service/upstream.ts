import type { Place } from "../../check/place.ts";
import {
  choice,
  file,
  flag,
  list,
  type Reader,
  readTable,
  share,
  type Table,
  text,
  time,
  whole,
} from "../../check/readers.ts";
import { notAPart } from "../../check/uses.ts";
import { isPlainObject } from "../../check/values.ts";
import { isPart, type ServicePart } from "../../part.ts";
import type { Duration } from "../../quantities/duration.ts";
import type { Share } from "../../quantities/share.ts";
import type {
  BoundsModel,
  BreakerModel,
  OutliersModel,
  UpstreamModel,
  UpstreamTlsModel,
} from "../../upstream-model.ts";
import type { Answer } from "../edge/route-options.ts";
import { readAnswer } from "../edge/routes.ts";
import { type CertificateFiles, readCertificate } from "../edge/tls.ts";
import type { Need } from "../kind.ts";
import { type Affinity, type Balance, readAffinity, readBalance } from "./balance.ts";

/** How those who call a service, edges and other services alike, spread and guard their requests. */
export interface UpstreamOptions {
  /** How the replica of a request is chosen. Default `"round-robin"`. */
  readonly balance?: Balance | undefined;
  /** Weights of the replicas, the first one first, 1 to 1,000 each; those beyond have 1. For what is weighted. */
  readonly weights?: readonly number[] | undefined;
  /** Who stays with the replica that he was given. Default nobody. */
  readonly affinity?: Affinity | undefined;
  /** When a replica that fails requests is taken out. Default: with the values of `Outliers`; `false`: never. */
  readonly outliers?: Outliers | false | undefined;
  /** With fewer than this share of the replicas usable, all are used: better some failures than an overload. Default 50%; 0: never. */
  readonly panic?: Share | undefined;
  /** A replica that is new or came back gets its full share only after so long. 0 to 1 day; default 0, at once. */
  readonly slowStart?: Duration | undefined;
  /** What may be under way. Beyond: 503 with `Retry-After`. */
  readonly bounds?: Bounds | undefined;
  /** Spares a service that fails as a whole; `true`: with the values of `Breaker`. Default none. */
  readonly breaker?: boolean | Breaker | undefined;
  /** `"http2"`: with prior knowledge, or over TLS; gRPC needs it. Default `"http1"`. */
  readonly protocol?: "http1" | "http2" | undefined;
  /** Begins each connection with a PROXY protocol header that tells the client's address. Not with HTTP/2. Default none. */
  readonly sendProxy?: "v1" | "v2" | undefined;
  /** For a service outside, at `https://`: how its certificate is judged. */
  readonly tls?: UpstreamTls | undefined;
}

/** Failures are: no connection, a reset, no valid answer, a timeout, and a status of 500 and above. Times are 1 ms to 1 day. */
export interface Outliers {
  /** In a row. 0 (does not count) to 1,000,000; default 5. */
  readonly consecutiveErrors?: number | undefined;
  /** Of the requests in an interval. Default 50%; 0: does not count. */
  readonly failureShare?: Share | undefined;
  /** With fewer of them the share does not count. 1 to 1,000,000; default 100. */
  readonly minimumRequests?: number | undefined;
  /** Default 10 s. */
  readonly interval?: Duration | undefined;
  /** The first time out; the n-th takes n times as long. Default 30 s. */
  readonly ejection?: Duration | undefined;
  /** The longest time out. Default 5 min. */
  readonly maxEjection?: Duration | undefined;
  /** At most this share is out at once, but always one may be if there are two. Default 50%. */
  readonly maxEjectedShare?: Share | undefined;
}

/** Bounds on what a service may have under way. Counts are up to 1,000,000. */
export interface Bounds {
  /** Connections to each replica. From 1; default 1,024. */
  readonly connections?: number | undefined;
  /** Requests that wait for one. From 0; default 1,024. */
  readonly pending?: number | undefined;
  /** How long they wait. 1 ms to 1 day; default 3 s. */
  readonly pendingTimeout?: Duration | undefined;
  /** Requests under way. From 1; default: none but `connections`. */
  readonly requests?: number | undefined;
  /** A connection is closed after so many. From 1; default none. */
  readonly requestsPerConnection?: number | undefined;
}

/** Opens when too many requests fail, whatever replica they went to. Times are 1 ms to 1 day. */
export interface Breaker {
  /** Default 50%. */
  readonly failureShare?: Share | undefined;
  /** Requests in the interval below which it stays closed. 1 to 1,000,000; default 20. */
  readonly minimumRequests?: number | undefined;
  /** Default 10 s. */
  readonly interval?: Duration | undefined;
  /** How long it stays open before it lets trials through. Default 5 s. */
  readonly open?: Duration | undefined;
  /** Trials, all of which have to succeed. 1 to 1,000; default 3. */
  readonly trials?: number | undefined;
  /** Who answers while it is open: another service, or an answer. Default 503 with `Retry-After`. */
  readonly fallback?: ServicePart | Answer | undefined;
}

/** How the certificate of a service outside is judged. Paths are relative to the design file. */
export interface UpstreamTls {
  /** The name that it has to bear. Default: the URL's host. */
  readonly serverName?: string | undefined;
  /** A PEM file of authorities. Default: those that Node trusts. */
  readonly authority?: string | undefined;
  /** Shown to servers that ask for one. */
  readonly certificate?: CertificateFiles | undefined;
  /** Accepts any. For experiments only. Default false. */
  readonly insecure?: boolean | undefined;
}

const COUNT_MAX = 1_000_000;
const WEIGHT_MAX = 1_000;
const count = (least: number) => whole(least, COUNT_MAX, "a count");

const OUTLIERS: Table<OutliersModel> = {
  consecutiveErrors: ["consecutiveErrors", count(0)],
  failureShare: ["failureShare", share()],
  minimumRequests: ["minimumRequests", count(1)],
  intervalMs: ["interval", time(1)],
  ejectionMs: ["ejection", time(1)],
  maxEjectionMs: ["maxEjection", time(1)],
  maxEjectedShare: ["maxEjectedShare", share()],
};

const BOUNDS: Table<BoundsModel> = {
  connections: ["connections", count(1)],
  pending: ["pending", count(0)],
  pendingMs: ["pendingTimeout", time(1)],
  requests: ["requests", count(1)],
  requestsPerConnection: ["requestsPerConnection", count(1)],
};

/** Reads `upstream`. A service that is a fallback becomes one of the `needs`. */
export function readUpstream(
  place: Place,
  value: unknown,
  {
    folder,
    isOutside,
    needs,
  }: { readonly folder: string; readonly isOutside: boolean; readonly needs: Need[] },
): UpstreamModel {
  const upstream = readTable<UpstreamModel>(place, value, '"upstream"', {
    balance: ["balance", readBalance],
    weights: ["weights", list(whole(1, WEIGHT_MAX, "a weight"), "[3, 1]")],
    affinity: ["affinity", readAffinity],
    outliers: ["outliers", readOutliers],
    panicShare: ["panic", share()],
    slowStartMs: ["slowStart", time(0)],
    bounds: ["bounds", (at, bounds) => readTable<BoundsModel>(at, bounds, '"bounds"', BOUNDS)],
    breaker: ["breaker", (at, breaker) => readBreaker(at, breaker, needs)],
    protocol: ["protocol", choice("http1", "http2")],
    sendProxy: ["sendProxy", choice("v1", "v2")],
    tls: ["tls", (at, tls) => readTls(at, tls, folder)],
  });
  if (upstream.sendProxy && upstream.protocol === "http2")
    place
      .at("sendProxy")
      .problem(
        "connections of HTTP/2 are shared by clients, so that none can be told",
        'Take it out, or write "http1".',
      );
  if (upstream.tls && !isOutside)
    place.at("tls").problem("a service of the system is reached in plain text, on loopback", "Take it out.");
  if (isPlainObject(value) && value.breaker === false) return without(upstream);
  return upstream;
}

function without({ breaker: _, ...rest }: UpstreamModel): UpstreamModel {
  return rest;
}

const readOutliers: Reader<OutliersModel | false> = (place, value) => {
  if (value === false) return false;
  const outliers = readTable<OutliersModel>(place, value, '"outliers"', OUTLIERS);
  const { ejectionMs = 30_000, maxEjectionMs = 300_000 } = outliers;
  if (ejectionMs > maxEjectionMs)
    place.at("ejection").problem("the first time out is longer than the longest", 'Raise "maxEjection" too.');
  return outliers;
};

function readBreaker(place: Place, value: unknown, needs: Need[]): BreakerModel {
  if (value === true || value === false) return {};
  return readTable<BreakerModel>(place, value, '"breaker"', {
    failureShare: ["failureShare", share("some")],
    minimumRequests: ["minimumRequests", count(1)],
    intervalMs: ["interval", time(1)],
    openMs: ["open", time(1)],
    trials: ["trials", whole(1, 1_000, "a number of trials")],
    fallback: ["fallback", (at, fallback) => readFallback(at, fallback, needs)],
  });
}

function readFallback(place: Place, value: unknown, needs: Need[]): NonNullable<BreakerModel["fallback"]> {
  if (isPart(value)) {
    if (value.kind !== "service")
      place.problem(
        `"${value.name}" is a ${value.kind}, and a service answers`,
        "Name a service, or write an answer.",
      );
    else needs.push({ part: value, place });
    return { to: value.name };
  }
  if (isPlainObject(value)) return { answer: readAnswer(place, value) };
  notAPart(place, value);
  return { to: "" };
}

function readTls(place: Place, value: unknown, folder: string): UpstreamTlsModel {
  return readTable<UpstreamTlsModel>(place, value, '"tls"', {
    serverName: ["serverName", text("a name", "api.example.com")],
    authorityFile: ["authority", file(folder, "authority.pem")],
    certificate: ["certificate", (at, certificate) => readCertificate(at, certificate, folder)],
    insecure: ["insecure", flag],
  });
}
