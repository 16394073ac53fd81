import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";

// An `import` of node:http loads its WebSocket client as well, and with it 14 MB that no replica needs.
const { createServer } = process.getBuiltinModule("node:http");

/** How long requests under way may still take once the service is asked to stop. */
const DRAIN_MS_MAX = 8_000;
const SWEEP_INTERVAL_MS = 50;

/** A listening HTTP server that can be emptied without cutting a request off. */
export class HttpServer {
  readonly #server: Server;
  #closed: Promise<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on `host`:`port`; port 0 lets the system choose. */
  static async listen(handle: RequestListener, address: { host: string; port: number }): Promise<HttpServer> {
    const server = createServer({
      // Longer than any proxy in front keeps a connection idle, so that it is never us who closes one it is about to use.
      keepAliveTimeout: 75_000,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxHeaderSize: 16 * 1024,
    });
    server.on("request", handle);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, 1024, resolve);
    });
    return new HttpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections, lets requests under way finish for up to 8 s, and closes the rest. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      const patience = setTimeout(() => this.#server.closeAllConnections(), DRAIN_MS_MAX);
      // A request that still comes on an open connection is answered, and told that it is the last.
      this.#server.prependListener("request", (_request, response) => {
        response.shouldKeepAlive = false;
      });
      // Those whose answer was begun before are closed once they are idle.
      const everySweep = setInterval(() => this.#server.closeIdleConnections(), SWEEP_INTERVAL_MS);
      this.#server.close(() => {
        clearTimeout(patience);
        clearInterval(everySweep);
        resolve();
      });
    });
    return this.#closed;
  }
}
