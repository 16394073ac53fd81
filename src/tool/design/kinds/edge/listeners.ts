import { isIP } from "node:net";
import type { Place } from "../../check/place.ts";
import { flag, type Reader, readTable, time, whole } from "../../check/readers.ts";
import { notAPart, resolved } from "../../check/uses.ts";
import { isPlainObject, oneOf, readText, readWhole } from "../../check/values.ts";
import type {
  HttpListenerModel,
  ListenerModel,
  TcpListenerModel,
  UdpListenerModel,
} from "../../edge-model.ts";
import type { PartKind } from "../../model.ts";
import { isPart } from "../../part.ts";
import { shown } from "../../quantities/measure.ts";
import type { Need } from "../kind.ts";
import { readRoutes } from "./routes.ts";
import { readTls } from "./tls.ts";

export const LISTENER_OPTIONS = [
  "port",
  "host",
  "routes",
  "tls",
  "http2",
  "trustedProxies",
  "acceptProxy",
  "tcp",
  "udp",
] as const;

const SPOKEN = ["routes", "tcp", "udp"] as const;
type Spoken = (typeof SPOKEN)[number];

/** What an option is of use for. */
const MEANT_FOR: Readonly<Record<string, readonly Spoken[]>> = {
  tls: ["routes", "tcp"],
  http2: ["routes"],
  trustedProxies: ["routes"],
  acceptProxy: ["routes", "tcp"],
};

interface ListenerContext {
  readonly folder: string;
  readonly needs: Need[];
  /** Where it listens unless it says so. */
  readonly defaultPort?: number;
}

/** What an edge's options say of one address; none when they say nothing of what is spoken there. */
export function spokenIn(options: Readonly<Record<string, unknown>>): readonly Spoken[] {
  return SPOKEN.filter((name) => options[name] !== undefined);
}

/** Reads one address, and what is spoken there. */
export function readListener(
  place: Place,
  options: Readonly<Record<string, unknown>>,
  context: ListenerContext,
): ListenerModel {
  const { folder, needs } = context;
  const address = readAddress(place, options, context);
  const [spoken = "routes", ...more] = spokenIn(options);
  if (more.length > 0) {
    place
      .at(more[0] ?? spoken)
      .problem(
        `one address has both "${spoken}" and "${more[0]}"`,
        "Keep one of them, and give the other an address of its own in listeners.",
      );
  }
  for (const [name, meantFor] of Object.entries(MEANT_FOR)) {
    if (options[name] === undefined || meantFor.includes(spoken)) continue;
    place
      .at(name)
      .problem(`"${name}" does nothing beside "${spoken}"`, `It goes with ${oneOf(meantFor, "and")}.`);
  }
  const tls = spoken === "udp" ? undefined : readTls(place.at("tls"), options.tls, folder);
  const acceptProxy =
    options.acceptProxy === undefined ? false : flag(place.at("acceptProxy"), options.acceptProxy);
  switch (spoken) {
    case "routes": {
      const http2 = options.http2 === undefined ? true : flag(place.at("http2"), options.http2);
      const trustedHops = readTrusted(place.at("trustedProxies"), options.trustedProxies ?? 0);
      const routes = readRoutes(place.at("routes"), options.routes, needs);
      return { kind: "http", ...address, routes, ...(tls ? { tls } : {}), http2, trustedHops, acceptProxy };
    }
    case "tcp":
      return {
        kind: "tcp",
        ...address,
        ...readTcp(place.at("tcp"), options, needs),
        ...(tls ? { tls } : {}),
        acceptProxy,
      };
    case "udp":
      return {
        kind: "udp",
        ...address,
        ...readUdp(place.at("udp"), resolved(place.at("udp"), options.udp), needs),
      };
  }
}

function readAddress(
  place: Place,
  options: Readonly<Record<string, unknown>>,
  { defaultPort }: ListenerContext,
): { host: string; port: number } {
  const port =
    options.port ?? (options.tcp === undefined && options.udp === undefined ? defaultPort : undefined);
  if (port === undefined)
    place.problem("an address has no port", "Write one, such as port: 5433; 0 is any that is free.");
  return {
    host: readHost(place.at("host"), options.host ?? "127.0.0.1"),
    port: port === undefined ? 0 : readWhole(place.at("port"), port, { least: 0, most: 65_535 }, "a port"),
  };
}

function readHost(place: Place, value: unknown): string {
  const host = readText(place, value, "an address", "127.0.0.1");
  if (host !== "" && isIP(host) === 0 && host !== "localhost") {
    place.problem(
      `${shown(host)} is not an address to listen at`,
      'Write "127.0.0.1" for this machine alone, or "0.0.0.0" for everyone who reaches it.',
    );
  }
  return host;
}

/** More proxies in a row than anyone has. */
const PROXIES_MAX = 100;

const readTrusted: Reader<HttpListenerModel["trustedHops"]> = (place, value) =>
  value === "all" ? value : whole(0, PROXIES_MAX, "a number of proxies")(place, value);

type Tcp = Pick<TcpListenerModel, "to" | "servers" | "idleTimeoutMs">;

function readTcp(place: Place, options: Readonly<Record<string, unknown>>, needs: Need[]): Tcp {
  const target = targetOf(["service", "database", "cache"], needs);
  const value = resolved(place, options.tcp);
  if (!isPlainObject(value) || isPart(value)) return { to: target(place, value) };
  const tcp = readTable<Tcp>(place, value, '"tcp"', {
    to: ["to", target],
    servers: ["servers", (at, servers) => readServers(at, servers, target)],
    idleTimeoutMs: ["idleTimeout", time(0)],
  });
  if (tcp.to === undefined && tcp.servers === undefined)
    place.problem(
      "the address leads nowhere",
      'Write tcp: links, or tcp: { servers: { "db.example.com": links } }.',
    );
  if (tcp.servers !== undefined && options.tls !== undefined)
    place
      .at("servers")
      .problem(
        "the name that a client asks for is read without ending its TLS",
        'Take "tls" out, or "servers".',
      );
  return tcp;
}

function readServers(place: Place, value: unknown, target: Reader<string>): NonNullable<Tcp["servers"]> {
  const entries = isPlainObject(value) && !isPart(value) ? Object.entries(value) : [];
  if (entries.length === 0)
    place.problem(
      `${shown(value)} does not name servers`,
      'Write { "db.example.com": links }, for instance.',
    );
  return entries.map(([name, part]) => {
    if (
      !/^(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/.test(
        name,
      )
    )
      place
        .at(name)
        .problem(
          `${shown(name)} is not a name that clients ask for`,
          'Write "db.example.com", or "*.example.com".',
        );
    return { names: [name], to: target(place.at(name), part) };
  });
}

type Udp = Pick<UdpListenerModel, "to" | "idleTimeoutMs" | "sessions">;

/** More sessions than a process has ports for. */
const SESSIONS_MAX = 1_000_000;

function readUdp(place: Place, value: unknown, needs: Need[]): Udp {
  const target = targetOf(["service"], needs);
  if (!isPlainObject(value) || isPart(value)) return { to: target(place, value) };
  return readTable<Udp>(
    place,
    value,
    '"udp"',
    {
      to: ["to", target],
      idleTimeoutMs: ["idleTimeout", time(1)],
      sessions: ["sessions", whole(1, SESSIONS_MAX, "a number of sessions")],
    },
    ["to"],
  );
}

/** Reads a part of one of these kinds, and notes that it is needed. */
function targetOf(kinds: readonly PartKind[], needs: Need[]): Reader<string> {
  return (place, value) => {
    if (!isPart(value)) {
      notAPart(place, value);
      return "";
    }
    if (!kinds.includes(value.kind)) {
      place.problem(
        `"${value.name}" is a ${value.kind}, and connections lead to a ${oneOf(kinds, "or")}`,
        "Name the part that takes them.",
      );
      return "";
    }
    needs.push({ part: value, place });
    return value.name;
  };
}
