import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { type Clock, seededRandom, systemClock } from "../../../../blocks/time/index.ts";
import { readShared } from "../../client/shared-read.ts";
import type { EdgeLimits, RouteConfig, UpstreamConfig } from "../../config/index.ts";
import { RequestIds } from "../../exchange/request-id.ts";
import { limitsOf } from "../../limits.ts";
import { compileRoutes } from "../../routing/compiled-route.ts";
import type { EdgeRuntime } from "../../runtime.ts";
import { Upstream } from "../../upstream/upstream.ts";
import { Watch } from "../../watch.ts";
import { ClientSession, type ClientSessionHost } from "../client-session.ts";

/** An edge that speaks nothing but HTTP/2 with prior knowledge. */
export interface Http2Scene extends AsyncDisposable {
  readonly port: number;
  readonly runtime: EdgeRuntime;
  readonly sessions: ReadonlySet<ClientSession>;
}

/** What differs from scene to scene. */
export interface SceneOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<EdgeLimits>;
  readonly upstream?: Omit<UpstreamConfig, "endpoints">;
  readonly routes?: readonly RouteConfig[];
}

/** A listener whose sessions send everything to the endpoints at these ports. */
export async function http2Scene(ports: readonly number[], options: SceneOptions = {}): Promise<Http2Scene> {
  const { clock = systemClock, routes = [{ path: "/*", to: "service" }] } = options;
  const limits = limitsOf({ limits: options.limits ?? {} });
  const random = seededRandom(1);
  const watch = new Watch(clock, 50);
  const requestIds = new RequestIds(random);
  const runtime: EdgeRuntime = {
    clock,
    name: "trestle-test",
    requestIds,
    watch,
    limits,
    documentationUrl: "/docs/errors",
    closing: false,
  };
  const upstream = new Upstream("service", { clock, watch, random, onEndpoint: () => {} });
  const endpoints = ports.map((port, at) => ({ id: `service.${at + 1}`, host: "127.0.0.1", port }));
  upstream.configure({ ...options.upstream, endpoints }, limits);
  const router = compileRoutes(routes, { upstreamOf: () => upstream, random });
  const sessions = new Set<ClientSession>();
  const host: ClientSessionHost = {
    runtime,
    site: { router, trustForwarded: false },
    sessionClosed: (session) => sessions.delete(session),
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (accepted) => {
    // As a listener does that finds the preface where it expected a request of HTTP/1.1.
    let taken = false;
    const socket = readShared(accepted, (read) => {
      if (taken) throw new Error("the connection was taken over, and is read by two");
      taken = true;
      sessions.add(new ClientSession(socket, host, { read }));
    });
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    runtime,
    sessions,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
      upstream.close();
      watch.close();
    },
  };
}

/** A client's session that closes with its scope. */
export function http2Client(port: number): ClientHttp2Session & AsyncDisposable {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  return Object.assign(session, {
    async [Symbol.asyncDispose]() {
      if (session.destroyed) return;
      const closed = once(session, "close");
      session.destroy();
      await closed;
    },
  });
}

/** An answer that has arrived whole. */
export interface StreamAnswered {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  /** In the order they came, names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly trailers: Record<string, unknown> | undefined;
  readonly body: string;
}

/** Reads an answer to its end; rejects when it breaks off. */
export async function readAnswer(stream: ClientHttp2Stream): Promise<StreamAnswered> {
  const { promise, resolve, reject } = Promise.withResolvers<StreamAnswered>();
  let status = 0;
  let headers: Record<string, unknown> = {};
  let rawHeaders: readonly string[] = [];
  let trailers: Record<string, unknown> | undefined;
  const chunks: Buffer[] = [];
  stream.on("response", (fields, _flags, raw) => {
    status = Number(fields[":status"]);
    headers = fields;
    rawHeaders = raw;
  });
  stream.on("trailers", (fields) => {
    trailers = fields;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", reject);
  stream.on("close", () => {
    if (status === 0 || stream.rstCode !== 0)
      reject(new Error(`the stream was reset with ${stream.rstCode}`));
    resolve({ status, headers, rawHeaders, trailers, body: Buffer.concat(chunks).toString("latin1") });
  });
  return await promise;
}
