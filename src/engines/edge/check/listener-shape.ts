/** What a configuration may say of a listener. Pure. */

import type { HttpListenerConfig, TcpListenerConfig, UdpListenerConfig } from "../config/index.ts";
import { isRecord, type RouteProblem } from "../routing/route-problem.ts";
import { problemsOfRoutes } from "../routing/route-problems.ts";
import { isHostPattern } from "../tls/certificate-names.ts";
import {
  choice,
  flag,
  list,
  milliseconds,
  record,
  type Shape,
  shown,
  text,
  upstreamName,
  whole,
  wrong,
} from "./shape.ts";
import { listenerTls } from "./tls-shape.ts";

/** An address to listen at, or one to reach: a name of the DNS, or an address of either family. */
export const host: Shape = text(/^[A-Za-z0-9._:%-]+$/, "write an address, as in 127.0.0.1", 253);
const port = whole(0, 65_535);
const ADDRESS = '{ "host": "127.0.0.1", "port": 8080';

const anyKind = choice("http", "tcp", "udp");

/** A listener of whichever kind its `kind` says. */
export function listener(isUpstream: (name: string) => boolean): Shape {
  const kinds: Readonly<Record<string, Shape>> = {
    http: httpListener(isUpstream),
    tcp: tcpListener(isUpstream),
    udp: udpListener(isUpstream),
  };
  return (value, place) => {
    const kind = isRecord(value) && Object.hasOwn(value, "kind") ? value.kind : undefined;
    // What else such a listener says can only be judged once it is known what it is.
    if (kind !== undefined && !(typeof kind === "string" && Object.hasOwn(kinds, kind)))
      return anyKind(kind, `${place}.kind`);
    const shape = kinds[typeof kind === "string" ? kind : "http"];
    return shape ? shape(value, place) : [];
  };
}

/** Addresses that two listeners have. `listeners` may be anything. */
export function problemsOfAddresses(listeners: unknown, place: string): RouteProblem[] {
  if (!Array.isArray(listeners)) return [];
  const seen = new Map<string, number>();
  const problems: RouteProblem[] = [];
  for (const [at, one] of listeners.entries()) {
    if (!isRecord(one) || one.port === 0) continue;
    const address = JSON.stringify([one.kind === "udp", one.host, one.port]);
    const before = seen.get(address);
    if (before === undefined) seen.set(address, at);
    else
      problems.push(
        wrong(
          `${place}[${at}].port`,
          `is that of ${place}[${before}] too`,
          "give each an address of its own",
        ),
      );
  }
  return problems;
}

function httpListener(isUpstream: (name: string) => boolean): Shape {
  return record<HttpListenerConfig>(
    `${ADDRESS}, "routes": [] }`,
    {
      kind: anyKind,
      host,
      port,
      routes: (value, place) => problemsOfRoutes(value, place, isUpstream),
      tls: listenerTls,
      http2: flag,
      trustedHops: (value, place) =>
        value === "all" || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0)
          ? []
          : [wrong(place, `is ${shown(value)}`, 'use a whole number from 0 on, or "all"')],
      acceptProxy: flag,
    },
    ["host", "port", "routes"],
  );
}

function tcpListener(isUpstream: (name: string) => boolean): Shape {
  const servers = list(
    record<NonNullable<TcpListenerConfig["servers"]>[number]>(
      '{ "names": ["a.example.com"], "to": "a" }',
      { names: list(serverName, '["a.example.com"]', 1), to: upstreamName(isUpstream) },
      ["names", "to"],
    ),
    '[{ "names": ["a.example.com"], "to": "a" }]',
  );
  return record<TcpListenerConfig>(
    `${ADDRESS}, "kind": "tcp", "to": "db" }`,
    {
      kind: choice("tcp"),
      host,
      port,
      to: upstreamName(isUpstream),
      servers: (value, place) => [...servers(value, place), ...problemsOfNames(value, place)],
      tls: listenerTls,
      acceptProxy: flag,
      idleTimeoutMs: milliseconds(0),
    },
    ["kind", "host", "port"],
    ({ to, servers: named, tls }, place) => {
      if (to === undefined && !named?.length)
        return [wrong(place, "leads nowhere", "give it to, or servers by their names")];
      if (tls && named?.length)
        return [
          wrong(
            `${place}.tls`,
            "cannot go with servers",
            "let the upstreams end TLS, or have one upstream in to",
          ),
        ];
      return [];
    },
  );
}

function udpListener(isUpstream: (name: string) => boolean): Shape {
  return record<UdpListenerConfig>(
    `${ADDRESS}, "kind": "udp", "to": "dns" }`,
    {
      kind: choice("udp"),
      host,
      port,
      to: upstreamName(isUpstream),
      idleTimeoutMs: milliseconds(1),
      sessions: whole(1),
    },
    ["kind", "host", "port", "to"],
  );
}

const serverName: Shape = (value, place) =>
  typeof value === "string" && isHostPattern(value.toLowerCase())
    ? []
    : [wrong(place, `is ${shown(value)}`, "write a name, as in a.example.com or *.example.com")];

/** Names that stand in two entries, of which the second would never be looked at. */
function problemsOfNames(servers: unknown, place: string): RouteProblem[] {
  const seen = new Set<string>();
  const problems: RouteProblem[] = [];
  for (const [at, one] of (Array.isArray(servers) ? servers : []).entries()) {
    const names: readonly unknown[] = isRecord(one) && Array.isArray(one.names) ? one.names : [];
    for (const [index, name] of names.entries()) {
      if (typeof name !== "string") continue;
      const here = `${place}[${at}].names[${index}]`;
      if (seen.has(name.toLowerCase())) problems.push(wrong(here, "is there twice", "leave one out"));
      seen.add(name.toLowerCase());
    }
  }
  return problems;
}
