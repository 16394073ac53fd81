import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A server on loopback that answers as a test says. Ends with all its connections. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** What has arrived: method, body and headers. */
  readonly requests: { method: string; body: string; headers: IncomingMessage["headers"] }[];
  /** Connections that are open. */
  connections(): Promise<number>;
}

/** Answers the request of a number, from 1. The body has been read. */
export type Answer = (
  response: ServerResponse,
  number: number,
  request: IncomingMessage,
) => void | Promise<void>;

/** Starts one on a free port. */
export async function serve(answer: Answer): Promise<TestServer> {
  const requests: TestServer["requests"] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    try {
      for await (const chunk of request) body += chunk;
    } catch {
      return;
    }
    requests.push({ method: request.method ?? "", body, headers: request.headers });
    await answer(response, requests.length, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<string> {
  await using server = await serve(() => {});
  return server.url;
}

/** Waits until something holds; at most two seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await sleep(5);
  }
  throw new Error(`never held: ${holds}`);
}
