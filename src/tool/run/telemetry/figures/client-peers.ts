import type { PartModel } from "../../../design/model.ts";
import { endpointAt } from "../../upstream-config.ts";
import type { HistogramReading, MetricReader, Selection } from "../metric-reader.ts";
import type { PartDirectory } from "../part-directory.ts";
import { failuresBy } from "./request-figures.ts";
import type { Stretch } from "./windows.ts";

/** What SDKs call the times of the calls that their programs make (OpenTelemetry's conventions for HTTP and databases). */
export const CLIENT_METRICS = ["http.client.request.duration", "db.client.operation.duration"];

/** What a program's own clients counted of its calls of one part. */
export interface ClientCalls {
  readonly readings: readonly HistogramReading[];
  readonly failures: number;
}

/**
 * What a program counted of its calls, by the part that was called. The metrics name addresses: by their ports where those are
 * enough, and by hosts as well where two parts that the program uses have the same port.
 */
export class ClientPeers {
  readonly #directory: PartDirectory;
  /** By port, the parts outside of this machine. */
  readonly #outside = new Map<string, Set<string>>();

  constructor(parts: readonly PartModel[], directory: PartDirectory) {
    this.#directory = directory;
    for (const part of parts) {
      const endpoint = "url" in part && part.url !== undefined ? endpointAt(part.name, part.url) : undefined;
      if (!endpoint) continue;
      const port = String(endpoint.port);
      const there = this.#outside.get(port) ?? new Set();
      this.#outside.set(port, there.add(part.name));
    }
  }

  /** `used` are the parts that the program uses. */
  callsOf(
    part: string,
    used: ReadonlySet<string>,
    reader: MetricReader,
    stretch: Stretch,
  ): ReadonlyMap<string, ClientCalls> {
    const of: Selection = { name: CLIENT_METRICS, part };
    const byPort = reader.histogramBy(of, "server.port", stretch.fromMs, stretch.toMs);
    const calls = new Map<string, ClientCalls>();
    if (byPort.size === 0) return calls;
    const failures = failuresBy(reader, of, "server.port", stretch, "client");
    for (const [port, reading] of byPort) {
      const peers = this.#peersAt(port, used);
      const [only] = peers;
      if (only !== undefined && peers.size === 1) add(calls, only, reading, failures.get(port) ?? 0);
      else if (port === "" || peers.size > 1) this.#addByHost(calls, of, port, used, reader, stretch);
    }
    return calls;
  }

  /** The parts at a port that can be meant. */
  #peersAt(port: string, used: ReadonlySet<string>): ReadonlySet<string> {
    const peers = new Set<string>();
    const near = this.#directory.peerOf({ "server.address": "127.0.0.1", "server.port": Number(port) });
    if (near !== undefined && used.has(near)) peers.add(near);
    for (const name of this.#outside.get(port) ?? []) if (used.has(name)) peers.add(name);
    return peers;
  }

  #addByHost(
    calls: Map<string, ClientCalls>,
    all: Selection,
    port: string,
    used: ReadonlySet<string>,
    reader: MetricReader,
    stretch: Stretch,
  ): void {
    const of = port === "" ? all : { ...all, where: { "server.port": port } };
    const failures = failuresBy(reader, of, "server.address", stretch, "client");
    const byHost = reader.histogramBy(of, "server.address", stretch.fromMs, stretch.toMs);
    for (const [host, reading] of byHost) {
      const place = { "server.address": host, ...(port === "" ? {} : { "server.port": Number(port) }) };
      const peer = this.#directory.peerOf(place);
      if (peer !== undefined && used.has(peer)) add(calls, peer, reading, failures.get(host) ?? 0);
    }
  }
}

function add(
  calls: Map<string, ClientCalls>,
  peer: string,
  reading: HistogramReading,
  failures: number,
): void {
  const before = calls.get(peer);
  calls.set(peer, {
    readings: [...(before?.readings ?? []), reading],
    failures: (before?.failures ?? 0) + failures,
  });
}
