import { SimulatedClock } from "../../../../blocks/time/index.ts";
import { checkConfig } from "../../check.ts";
import { HttpListener } from "../../client/listener.ts";
import type { EdgeConfig } from "../../config/index.ts";
import { limitsOf } from "../../limits.ts";
import type { ExchangeRecord } from "../../observe/exchange-record.ts";
import { ListenerMeter } from "../../observe/listener-meter.ts";
import type { EdgeRuntime } from "../../runtime.ts";
import { Timeouts } from "../../timeouts.ts";
import { EdgeTls } from "../../tls/edge-tls.ts";
import { Upstream } from "../../upstream/upstream.ts";
import { Watch } from "../../watch.ts";
import { RequestIds } from "../request-id.ts";

/** What was told of one exchange that is over. */
export type KeptRecord = Readonly<Pick<ExchangeRecord, (typeof KEPT)[number]>>;

const KEPT = [
  "outcome",
  "requestId",
  "clientAddress",
  "method",
  "target",
  "route",
  "upstream",
  "endpoint",
  "attempts",
  "status",
  "code",
  "requestBytes",
  "responseBytes",
  "durationMs",
  "upstreamMs",
] as const;

/** The inside of an edge with one listener, on real sockets and simulated time, for tests that look at what it keeps of requests. */
export interface ExchangeScene extends AsyncDisposable {
  readonly port: number;
  readonly clock: SimulatedClock;
  readonly runtime: EdgeRuntime;
  /** Of all exchanges that are over, in the order they ended. */
  readonly records: readonly KeptRecord[];
  upstream(name: string): Upstream;
  /** What is still under way, in words; empty when nothing is. */
  leftovers(): string[];
}

/** `random` draws shares and endpoints. */
export async function exchangeScene(config: EdgeConfig, random: () => number): Promise<ExchangeScene> {
  checkConfig(config);
  const clock = new SimulatedClock();
  const limits = limitsOf(config);
  const secret = new Uint8Array(32).fill(7);
  const watch = new Watch(clock, 10);
  const upstreams = new Map<string, Upstream>();
  for (const [name, wanted] of Object.entries(config.upstreams)) {
    const upstream = new Upstream(name, { clock, watch, random, secret, onEndpoint: () => {} });
    upstream.configure(wanted, limits);
    upstreams.set(name, upstream);
  }
  const records: KeptRecord[] = [];
  const requestIds = new RequestIds(random);
  const runtime: EdgeRuntime = {
    clock,
    name: `trestle-${requestIds.edge}`,
    requestIds,
    watch,
    timeouts: new Timeouts(clock),
    upstreams,
    observer: { exchangeDone: (record) => records.push(kept(record)) },
    attempts: undefined,
    tracer: undefined,
    limits,
    documentationUrl: "/docs/errors",
    copies: { heldBytes: 0 },
    closing: false,
  };
  const [wanted] = config.listeners;
  if (!wanted || wanted.kind === "tcp" || wanted.kind === "udp") throw new TypeError("no HTTP listener");
  const tls = new EdgeTls({ clock, secret, report: () => {} });
  const meter = new ListenerMeter();
  const listener = await HttpListener.open(wanted, { runtime, random, tls, meterOf: () => meter });
  listener.reconfigure(wanted, { config, upstreams });
  return {
    port: listener.port,
    clock,
    runtime,
    records,
    upstream(name) {
      const upstream = upstreams.get(name);
      if (!upstream) throw new TypeError(`there is no upstream ${name}`);
      return upstream;
    },
    leftovers: () => [...upstreams.values()].flatMap(underWay),
    async [Symbol.asyncDispose]() {
      runtime.closing = true;
      const closed = listener.close();
      listener.destroyConnections();
      await closed;
      for (const upstream of upstreams.values()) upstream.close();
      tls.close();
      watch.close();
    },
  };
}

function underWay(upstream: Upstream): string[] {
  const { name, requests, pending, endpoints } = upstream.snapshot();
  const found: string[] = [];
  if (requests !== 0) found.push(`${name}: ${requests} requests`);
  if (pending !== 0) found.push(`${name}: ${pending} pending`);
  for (const endpoint of endpoints) {
    const { id, inFlight, connections, idle, tunnels } = endpoint;
    if (inFlight !== 0) found.push(`${id}: ${inFlight} in flight`);
    if (connections !== idle) found.push(`${id}: ${connections - idle} connections in use`);
    if (tunnels !== 0) found.push(`${id}: ${tunnels} tunnels`);
    if (endpoint.pending !== 0) found.push(`${id}: ${endpoint.pending} wait`);
  }
  return found;
}

function kept(record: ExchangeRecord): KeptRecord {
  return Object.fromEntries(KEPT.map((name) => [name, record[name]])) as unknown as KeptRecord;
}
