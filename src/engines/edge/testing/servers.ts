import { once } from "node:events";
import {
  type Agent,
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener,
  request,
} from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { EdgeConfig, UpstreamConfig } from "../config/index.ts";
import { type EdgeOptions, type RunningEdge, startEdge } from "../edge.ts";

/** A server that a test can kill: every connection ends with it. */
export interface Origin extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has taken. */
  readonly connections: number;
  readonly server: HttpServer | Server;
  /** Cuts every connection with a reset and stops listening, as the end of its process would. */
  kill(): Promise<void>;
}

/** An HTTP server on a free port of loopback. */
export function httpOrigin(handler: RequestListener): Promise<Origin> {
  return originOf(createHttpServer({ keepAliveTimeout: 60_000 }, handler));
}

/** A server that speaks whatever `handler` makes it. */
export function rawOrigin(handler: (socket: Socket) => void): Promise<Origin> {
  return originOf(createServer({ noDelay: true }, handler));
}

async function originOf(server: HttpServer | Server, port = 0): Promise<Origin> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const kill = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) {
      // Node leaves a socket open that is reset while its end is on its way, and then cannot exit.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    server,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  await using origin = await rawOrigin(() => {});
  return origin.port;
}

/** A configuration with one listener that sends everything to one upstream, of which more is said in `upstream`. */
export function configFor(
  ports: readonly number[],
  more: Omit<Partial<EdgeConfig>, "upstreams"> &
    Pick<UpstreamConfig, "health"> & { readonly upstream?: Omit<UpstreamConfig, "endpoints"> } = {},
): EdgeConfig {
  const { health, upstream, ...rest } = more;
  return {
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] }],
    upstreams: {
      service: {
        endpoints: ports.map((port, at) => ({ id: `service.${at + 1}`, host: "127.0.0.1", port })),
        ...(health ? { health } : {}),
        ...upstream,
      },
    },
    ...rest,
  };
}

/** An edge that closes with its scope. */
export async function edgeFor(
  ports: readonly number[],
  more: Parameters<typeof configFor>[1] = {},
  options: EdgeOptions = {},
): Promise<RunningEdge & AsyncDisposable> {
  return disposable(await startEdge(configFor(ports, more), options));
}

/** Makes an edge close with its scope. */
export function disposable(edge: RunningEdge): RunningEdge & AsyncDisposable {
  return Object.assign(edge, { [Symbol.asyncDispose]: () => edge.close() });
}

/** An answer that has arrived whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
}

/** What to ask for. Headers are names and values in turn. */
export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** Asks once and reads the whole answer; rejects when it breaks off. */
export function ask(port: number, question: Question = {}): Promise<Answered> {
  const { method = "GET", path = "/", headers = [], body, agent } = question;
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: agent ?? false,
      headers: [
        "Host",
        `127.0.0.1:${port}`,
        ...headers,
        ...(body === undefined ? [] : ["Content-Length", String(Buffer.byteLength(body))]),
      ],
    });
    sent.on("error", reject);
    sent.on("response", (response) => resolve(readWhole(response)));
    sent.end(body);
  });
}

/** Reads an answer to its end; rejects when it breaks off. */
export async function readWhole(response: IncomingMessage): Promise<Answered> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    trailers: response.rawTrailers,
    body: Buffer.concat(chunks).toString("latin1"),
  };
}

/** A client that says exactly what it is told. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  /** All that has been received. */
  received = "";
  /** How the connection failed, if it did. */
  failure: string | undefined;
  #ended = false;

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.failure = error.code;
    });
    this.socket.once("close", () => {
      this.#ended = true;
    });
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Resolves once what was received matches; rejects when the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.#ended) throw new Error(`the connection ended before ${pattern}: ${this.received}`);
      await this.#change();
    }
    return this.received;
  }

  /** Resolves with all that was received, once the connection has ended. */
  async toEnd(): Promise<string> {
    while (!this.#ended) await this.#change();
    return this.received;
  }

  /** Resolves with the next bytes, or with the end. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off("data", done).off("close", done);
        resolve();
      };
      this.socket.on("data", done).on("close", done);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.toEnd();
  }
}

/** Sends bytes, and reads until the edge closes the connection. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  await using client = new RawClient(port);
  client.send(bytes);
  return await client.toEnd();
}

/** A promise to be settled from outside, for tests that hold an answer back. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** The code in an error envelope. */
export function codeIn(answer: { readonly body: string }): string {
  return (JSON.parse(answer.body) as { error: { code: string } }).error.code;
}

/** Lets input and output that are due happen: a few turns of the event loop. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
