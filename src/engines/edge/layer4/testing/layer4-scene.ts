import { SimulatedClock, seededRandom } from "../../../../blocks/time/index.ts";
import type {
  EdgeConfig,
  EdgeLimits,
  TcpListenerConfig,
  UdpListenerConfig,
  UpstreamConfig,
} from "../../config/index.ts";
import { limitsOf } from "../../limits.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import { Upstream } from "../../upstream/upstream.ts";
import { Watch } from "../../watch.ts";
import type { ConnectionObserver, ConnectionRecord } from "../connection-record.ts";
import type { ConfiguredEdge, EdgeListener, Layer4Options, TlsEnd } from "../edge-listener.ts";
import { TcpListener } from "../tcp-listener.ts";
import { UdpListener } from "../udp-listener.ts";

/** How late deadlines are met. */
export const PERIOD_MS = 100;

const SECRET = new Uint8Array(32);

/** The upstreams of a scene by name: ports of loopback, or a whole configuration. */
export type SceneUpstreams = Readonly<Record<string, readonly number[] | UpstreamConfig>>;

/** What a listener of layer 4 needs around it, and what it has told. */
export class Layer4Scene implements AsyncDisposable, ConnectionObserver {
  readonly clock = new SimulatedClock();
  readonly watch = new Watch(this.clock, PERIOD_MS);
  readonly records: ConnectionRecord[] = [];
  /** Each opening, refusal and dropped datagram, in words. */
  readonly told: string[] = [];
  datagramsIn = 0;
  datagramsOut = 0;
  readonly upstreams = new Map<string, Upstream>();
  readonly #limits: Partial<EdgeLimits>;
  readonly #tls: TlsEnd | undefined;
  readonly #listeners: EdgeListener[] = [];
  #config: EdgeConfig = { listeners: [], upstreams: {} };

  constructor(upstreams: SceneUpstreams, limits: Partial<EdgeLimits> = {}, tls?: TlsEnd) {
    this.#limits = limits;
    this.#tls = tls;
    this.configure(upstreams);
  }

  /** What listeners are opened with. */
  get options(): Layer4Options {
    const limits = limitsOf({ limits: this.#limits });
    return { runtime: { clock: this.clock, watch: this.watch, limits }, edge: this.edge, observer: this };
  }

  get edge(): ConfiguredEdge {
    return { config: this.#config, upstreams: this.upstreams, tlsOf: () => this.#tls };
  }

  /** Puts upstreams in the place of those before, and returns the endpoints that are gone. */
  configure(upstreams: SceneUpstreams): Endpoint[] {
    const configs: Record<string, UpstreamConfig> = {};
    const removed: Endpoint[] = [];
    for (const [name, wanted] of Object.entries(upstreams)) {
      const config = "endpoints" in wanted ? wanted : { endpoints: wanted.map(endpointAt) };
      configs[name] = config;
      let upstream = this.upstreams.get(name);
      if (!upstream) {
        const { clock, watch } = this;
        const random = seededRandom(1);
        upstream = new Upstream(name, { clock, watch, random, secret: SECRET, onEndpoint: () => {} });
        this.upstreams.set(name, upstream);
      }
      removed.push(...upstream.configure(config, limitsOf({ limits: this.#limits })));
    }
    this.#config = { listeners: [], upstreams: configs };
    return removed;
  }

  async tcp(config: Partial<TcpListenerConfig> = { to: "service" }): Promise<TcpListener> {
    const whole = { kind: "tcp", host: "127.0.0.1", port: 0, ...config } as const;
    const listener = await TcpListener.open(whole, this.options);
    this.#listeners.push(listener);
    return listener;
  }

  async udp(config: Partial<UdpListenerConfig> = {}): Promise<UdpListener> {
    const whole = { kind: "udp", host: "127.0.0.1", port: 0, to: "service", ...config } as const;
    const listener = await UdpListener.open(whole, this.options);
    this.#listeners.push(listener);
    return listener;
  }

  connectionOpened(transport: "tcp" | "udp"): void {
    this.told.push(`opened ${transport}`);
  }

  connectionDone(record: ConnectionRecord): void {
    this.records.push(record);
  }

  connectionRefused(reason: string): void {
    this.told.push(`refused ${reason}`);
  }

  datagramIn(): void {
    this.datagramsIn += 1;
  }

  datagramOut(): void {
    this.datagramsOut += 1;
  }

  datagramDropped(reason: string): void {
    this.told.push(`dropped ${reason}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    for (const upstream of this.upstreams.values()) upstream.close();
    this.watch.close();
  }
}

function endpointAt(port: number, at: number) {
  return { id: `service.${at + 1}`, host: "127.0.0.1", port };
}
