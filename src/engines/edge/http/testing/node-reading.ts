import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type Duplex, duplexPair } from "node:stream";
import type { Reading, ReadMessage } from "./read-message.ts";

/** Lets what was written arrive at the other end, and be read. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A server of Node's own that writes down what it reads. */
export class NodeServer {
  #reading: Reading = { messages: [], state: "open" };
  readonly #server = createServer({
    requireHostHeader: false,
    insecureHTTPParser: false,
    keepAliveTimeout: 0,
  });

  constructor() {
    const take = (incoming: IncomingMessage, response: ServerResponse) => {
      const { method, url, rawHeaders } = incoming;
      follow(this.#reading, `${method} ${url}`, rawHeaders, incoming);
      incoming.once("end", () => response.end());
    };
    this.#server.maxHeadersCount = 0;
    this.#server.on("request", take).on("checkContinue", take).on("checkExpectation", take);
    this.#server.on("clientError", (_, socket) => {
      this.#reading.state = "refused";
      socket.destroy();
    });
  }

  /** What it makes of the bytes of one connection. */
  async read(bytes: Buffer): Promise<Reading> {
    const reading: Reading = { messages: [], state: "open" };
    this.#reading = reading;
    const [client, connection] = duplexPair();
    client.resume();
    this.#server.emit("connection", connection);
    client.write(bytes);
    await settled();
    const { state } = reading;
    client.destroy();
    connection.destroy();
    await settled();
    return { messages: reading.messages, state };
  }
}

function follow(reading: Reading, start: string, fields: readonly string[], incoming: IncomingMessage): void {
  const message: ReadMessage = { start, fields, body: "", trailers: [], isWhole: false };
  reading.messages.push(message);
  incoming.on("data", (chunk: Buffer) => {
    message.body += chunk.toString("latin1");
  });
  incoming.once("end", () => {
    message.isWhole = incoming.complete;
    message.trailers = incoming.rawTrailers;
  });
  incoming.on("error", () => {});
}

/** What Node's own client makes of what comes back over one connection, which ends behind it. */
export async function nodeAnswers(bytes: Buffer, method: string): Promise<Reading> {
  const reading: Reading = { messages: [], state: "open" };
  const [server, connection] = duplexPair();
  server.resume();
  const sent = request({
    method,
    createConnection: () => withSocketCalls(connection),
    insecureHTTPParser: false,
  });
  sent.maxHeadersCount = 0;
  sent.on("information", ({ statusCode, rawHeaders }) => {
    reading.messages.push({
      start: String(statusCode),
      fields: rawHeaders,
      body: "",
      trailers: [],
      isWhole: true,
    });
  });
  sent.on("upgrade", ({ statusCode, rawHeaders }) => {
    reading.messages.push({
      start: String(statusCode),
      fields: rawHeaders,
      body: "",
      trailers: [],
      isWhole: true,
    });
    reading.state = "done";
  });
  sent.on("response", (incoming) =>
    follow(reading, String(incoming.statusCode), incoming.rawHeaders, incoming),
  );
  sent.on("error", (error: NodeJS.ErrnoException) => {
    // A connection that ends is no fault found.
    if (error.code !== "ECONNRESET") reading.state = "refused";
  });
  sent.end();
  await settled();
  server.write(bytes);
  server.end();
  await settled();
  sent.destroy();
  await settled();
  return reading;
}

/** Node's client asks its connections for more than a stream can do. */
function withSocketCalls(stream: Duplex): Duplex {
  const nothing = () => stream;
  return Object.assign(stream, {
    setTimeout: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}
