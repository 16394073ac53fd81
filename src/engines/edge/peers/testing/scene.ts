import { createHash } from "node:crypto";
import { join } from "node:path";
import type {
  EdgeConfig,
  HttpListenerConfig,
  ListenerConfig,
  ListenerTlsConfig,
  UpstreamConfig,
} from "../../config/index.ts";
import { type RunningEdge, startEdge } from "../../edge.ts";
import { httpOrigin, type Origin } from "../../testing/servers.ts";
import { type TestFolder, testFolder } from "../../tls/testing/test-authority.ts";

/** An edge as it is deployed: one address in plain text and one with TLS of a local authority, with the same routes. */
export interface PeerScene extends AsyncDisposable {
  readonly edge: RunningEdge;
  readonly folder: TestFolder;
  /** `http://localhost:PORT`. */
  readonly plain: string;
  /** `https://localhost:PORT`. */
  readonly secure: string;
  readonly plainPort: number;
  readonly securePort: number;
  /** A PEM file: the authority that clients have to trust. */
  readonly root: string;
}

/** What is different in a scene; the rest is as it comes. */
export interface SceneSettings extends Omit<Partial<EdgeConfig>, "listeners" | "upstreams"> {
  /** Of both listeners. */
  readonly listener?: Partial<HttpListenerConfig>;
  /** In the place of the local authority, or beside it. */
  readonly tls?: ListenerTlsConfig;
  /** Beside `service`. */
  readonly upstreams?: EdgeConfig["upstreams"];
  /** Beside the two. */
  readonly listeners?: readonly ListenerConfig[];
  /** Is closed with the scene. */
  readonly folder?: TestFolder;
}

/** Starts an edge before an upstream, or before ports of loopback. */
export async function peerScene(
  service: UpstreamConfig | readonly number[],
  settings: SceneSettings = {},
): Promise<PeerScene> {
  const { listener, tls, listeners = [], upstreams, folder = await testFolder(), ...rest } = settings;
  const authority = join(folder.path, "authority");
  const common = {
    host: "127.0.0.1",
    port: 0,
    routes: [{ path: "/*", to: "service" }],
    ...listener,
  } as const;
  const edge = await startEdge({
    listeners: [common, { ...common, tls: { local: { folder: authority }, ...tls } }, ...listeners],
    upstreams: { service: "endpoints" in service ? service : endpointsAt(service), ...upstreams },
    ...rest,
  });
  const [plainPort = 0, securePort = 0] = edge.ports;
  return {
    edge,
    folder,
    plain: `http://localhost:${plainPort}`,
    secure: `https://localhost:${securePort}`,
    plainPort,
    securePort,
    root: join(authority, "root.pem"),
    async [Symbol.asyncDispose]() {
      await edge.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** An upstream of ports of loopback. */
export function endpointsAt(
  ports: readonly number[],
  more: Omit<UpstreamConfig, "endpoints"> = {},
): UpstreamConfig {
  return {
    endpoints: ports.map((port, at) => ({ id: `service.${at + 1}`, host: "127.0.0.1", port })),
    ...more,
  };
}

/** An origin that tells what it was asked, as JSON. */
export function tellingOrigin(): Promise<Origin> {
  return httpOrigin((incoming, response) => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
    });
    incoming.on("end", () => {
      const { method, url, headers, httpVersion } = incoming;
      const told: Told = { method, url, headers, httpVersion, sizeBytes, sha256: hash.digest("hex") };
      const text = JSON.stringify(told);
      response.setHeader("Content-Type", "application/json");
      response.setHeader("Content-Length", text.length);
      response.end(text);
    });
  });
}

/** What `tellingOrigin` tells. */
export interface Told {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly httpVersion: string;
  /** Of the body. */
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Reads what `tellingOrigin` told. */
export function toldIn(text: string): Told {
  return JSON.parse(text) as Told;
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Buffer | string): string {
  return createHash("sha256")
    .update(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes)
    .digest("hex");
}

/** Bytes that look like chance and are always the same. */
export function someBytes(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = 0x2545f491;
  for (let at = 0; at + 4 <= sizeBytes; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state | 0, at);
  }
  return bytes;
}
