import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "../report.ts";
import { startOurs } from "./proxies.ts";

const IDLE_CONNECTIONS = 10_000;
const PIECE = Buffer.alloc(256 * 1024, "x");
/** A slow reader takes so much every 10 ms, until it has had this much of the body; then it reads as fast as it can. */
const SLOW_PIECE_BYTES = 64 * 1024;
const SLOW_BYTES = 32 * 2 ** 20;

/** What our edge keeps in memory: of many idle clients, and of a body far larger than memory on its way through. */
export async function memoryOf(bodyBytes: number): Promise<Measurement[]> {
  return [...(await memoryOfIdle()), ...(await memoryOfBodies(bodyBytes))];
}

/** Of an edge that has done nothing else. */
async function memoryOfIdle(): Promise<Measurement[]> {
  await using stack = new AsyncDisposableStack();
  const origin = await giantOrigin(0);
  stack.defer(() => void origin.server.close());
  const edge = stack.adopt(await startOurs(origin.port), (one) => one.close());
  console.error(`bench: ${IDLE_CONNECTIONS} idle connections`);
  await sleep(1_000);
  const before = residentMb(edge.pid);
  const clients = await idleClients(Number(new URL(edge.url).port));
  await sleep(1_000);
  const after = residentMb(edge.pid);
  for (const client of clients) client.destroy();
  const what = `${IDLE_CONNECTIONS} idle connections`;
  return [
    { what, metric: "resident_mb_more", ours: after - before, better: "lower", goal: 150 },
    { what, metric: "resident_mb", ours: after, better: "lower" },
  ];
}

/** By how much the memory grows from the end of a tenth of a body on: what does not depend on its size is there by then. */
async function memoryOfBodies(bodyBytes: number): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const way of ["to a slow reader", "to an upstream that reads slowly"] as const) {
    await using stack = new AsyncDisposableStack();
    const [tenth, whole] = [await giantOrigin(bodyBytes / 10), await giantOrigin(bodyBytes)];
    for (const { server } of [tenth, whole]) stack.defer(() => void server.close());
    const edge = stack.adopt(await startOurs(tenth.port, whole.port), (one) => one.close());
    const port = Number(new URL(edge.url).port);
    const pass = (path: string, bytes: number, origin: GiantOrigin) =>
      way === "to a slow reader" ? download(port, path, bytes) : upload(port, path, bytes, origin);
    const what = `a body of ${bodyBytes / 1e9} GB ${way}`;
    console.error(`bench: ${what}`);
    const before = await highest(edge.pid, pass("/tenth", bodyBytes / 10, tenth));
    const most = await highest(edge.pid, pass("/service-0/whole", bodyBytes, whole));
    results.push(
      { what, metric: "resident_mb_at_most", ours: most, better: "lower" },
      { what, metric: "resident_mb_more_than_for_a_tenth", ours: most - before, better: "lower", goal: 32 },
    );
  }
  return results;
}

interface GiantOrigin {
  readonly server: Server;
  readonly port: number;
  /** Resolves with the bytes of the next body that has arrived. */
  received(): Promise<number>;
}

/** Answers a GET with a body of that size, and takes as large a one by PUT, slowly at first. */
async function giantOrigin(bodyBytes: number): Promise<GiantOrigin> {
  let arrived = Promise.withResolvers<number>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (head) => {
      const text = head.toString("latin1");
      if (text.startsWith("PUT ")) {
        const early = head.length - (text.indexOf("\r\n\r\n") + 4);
        void readSlowly(socket, bodyBytes - early).then((bytes) => {
          socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
          arrived.resolve(bytes + early);
        });
      } else if (text.startsWith("GET /healthz"))
        socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      else {
        socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
        writeAll(socket, bodyBytes);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const received = () => {
    arrived = Promise.withResolvers<number>();
    return arrived.promise;
  };
  return { server, port: (server.address() as AddressInfo).port, received };
}

function writeAll(socket: Socket, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const piece = left >= PIECE.length ? PIECE : PIECE.subarray(0, left);
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on("drain", more);
  more();
}

/** Reads so many bytes: the first of them slowly. Resolves with how many there were. */
async function readSlowly(socket: Socket, bytes: number): Promise<number> {
  let read = 0;
  let slow = 0;
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on("data", (piece) => {
    read += piece.length;
    slow += piece.length;
    if (read >= bytes) resolve(read);
    else if (read < SLOW_BYTES && slow >= SLOW_PIECE_BYTES) {
      slow = 0;
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    }
  });
  socket.once("close", () => resolve(read));
  return promise;
}

async function download(port: number, path: string, bytes: number): Promise<void> {
  const client = connect(port, "127.0.0.1");
  client.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`);
  const read = await readSlowly(client, Number.POSITIVE_INFINITY);
  if (read < bytes) throw new Error(`of ${bytes} bytes ${read} came`);
}

async function upload(port: number, path: string, bytes: number, origin: GiantOrigin): Promise<void> {
  const client = connect(port, "127.0.0.1");
  client.on("error", () => {});
  const arrived = origin.received();
  client.write(
    `PUT ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  writeAll(client, bytes);
  let said = "";
  client.on("data", (bytes) => {
    said += bytes.toString("latin1").slice(0, 1_000 - said.length);
  });
  const gone = once(client, "close").then(() => 0);
  const read = await Promise.race([arrived, gone]);
  if (read < bytes) throw new Error(`of ${bytes} bytes ${read} arrived; the answer was ${said}`);
  client.destroy();
}

async function idleClients(port: number): Promise<Socket[]> {
  const clients: Socket[] = [];
  while (clients.length < IDLE_CONNECTIONS) {
    const some = Array.from({ length: 200 }, () => {
      const client = connect(port, "127.0.0.1");
      client.write("GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n");
      return client;
    });
    await Promise.all(some.map((client) => once(client, "data")));
    clients.push(...some);
  }
  return clients;
}

/** The most that a process held while something happened, looked at ten times a second. */
async function highest(pid: number, happening: Promise<void>): Promise<number> {
  let most = residentMb(pid);
  let over = false;
  const watching = (async () => {
    while (!over) {
      await sleep(100);
      most = Math.max(most, residentMb(pid));
    }
  })();
  try {
    await happening;
  } finally {
    over = true;
    await watching;
  }
  return most;
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Number(kilobytes) / 1024;
}
