import type { Socket } from "node:net";
import { systemClock } from "../../../../blocks/time/index.ts";

/** What a replica knows of a request. */
export interface Received {
  /** The replica's own name. */
  readonly name: string;
  /** `POST /orders`. */
  readonly line: string;
}

/** Answers a request, or does what a process does in its place that is ill. */
type Act = (socket: Socket, request: Received) => void | Promise<void>;

/** The path of health checks, which pass whatever is wrong, but for one fault. */
export const HEALTH_PATH = "/healthz";
/** How long the slow ones take in the middle. */
export const SLOW_MS = 120;
/** What answers at length have: more than lies between a server and a client that does not read. */
export const LENGTH_BYTES = 32 * 1024 * 1024;
/** The body of all other whole answers, in two halves. */
const HALF = "one half, ";
const REST = "and the other";
export const WHOLE = HALF + REST;

/**
 * Before bytes that must have arrived when the connection ends: a reset takes with it what the other side has not read. In the
 * middle of an answer means that the part before has been read.
 */
const READ_MS = 25;

const counted = ({ name }: Received, status = "200 OK") =>
  `HTTP/1.1 ${status}\r\nX-Replica: ${name}\r\nContent-Length: ${WHOLE.length}\r\n\r\n`;
const chunked = ({ name }: Received) =>
  `HTTP/1.1 200 OK\r\nX-Replica: ${name}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const unframed = ({ name }: Received) => `HTTP/1.1 200 OK\r\nX-Replica: ${name}\r\nConnection: close\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Answers whole. */
function answer(socket: Socket, request: Received, status?: string): void {
  socket.write(counted(request, status) + WHOLE);
}

type Part = (request: Received) => string;

/** Sends a part, and resets the connection once that has been read. */
const resetsAfter =
  (part: Part): Act =>
  async (socket, request) => {
    socket.write(part(request));
    await systemClock.sleep(READ_MS);
    socket.resetAndDestroy();
  };

/** Sends a part, and ends the connection in order. */
const endsAfter =
  (part: Part): Act =>
  (socket, request) => {
    socket.end(part(request));
  };

/** Sends a part, and after a while the rest. */
const pausesAfter =
  (part: Part, rest: Part): Act =>
  async (socket, request) => {
    socket.write(part(request));
    await systemClock.sleep(SLOW_MS);
    socket.write(rest(request));
  };

const halfCounted: Part = (request) => counted(request) + HALF;
const halfChunked: Part = (request) => chunked(request) + chunk(HALF);
const nothing: Part = () => "";

const ACTS = {
  none: answer,
  "fails its checks": answer,
  // Connections are ended before there is a request.
  "resets connections": () => {},
  "ends connections": () => {},

  "resets in the request's body": answer,
  "resets without an answer": (socket) => {
    socket.resetAndDestroy();
  },
  "ends without an answer": (socket) => {
    socket.end();
  },
  "resets in the head": resetsAfter(() => "HTTP/1.1 200 OK\r\nContent-Le"),
  "ends in the head": endsAfter(() => "HTTP/1.1 200 OK\r\nContent-Le"),
  "answers rubbish": (socket) => {
    socket.write("SSH-2.0-OpenSSH_9.9\r\n\r\n");
  },
  "answers with two lengths": (socket, request) => {
    socket.write(chunked(request).replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n"));
  },
  "never answers": () => {},
  "answers late": pausesAfter(nothing, (request) => counted(request) + WHOLE),
  "answers a little later": async (socket, request) => {
    await systemClock.sleep(20);
    answer(socket, request);
  },
  "answers 500": (socket, request) => answer(socket, request, "500 Internal Server Error"),
  "answers 503": (socket, request) => answer(socket, request, "503 Service Unavailable"),

  "resets after the head": resetsAfter(counted),
  "resets in a counted body": resetsAfter(halfCounted),
  "resets in a body of chunks": resetsAfter(halfChunked),
  "resets between the chunks and their end": resetsAfter((request) => halfChunked(request) + chunk(REST)),
  "resets in a body without a length": resetsAfter((request) => unframed(request) + HALF),
  "ends after the head": endsAfter(counted),
  "ends in a counted body": endsAfter(halfCounted),
  "ends in a body of chunks": endsAfter(halfChunked),
  "ends between the chunks and their end": endsAfter((request) => halfChunked(request) + chunk(REST)),
  "sends rubbish between chunks": (socket, request) => {
    socket.write(`${halfChunked(request)}no length\r\n`);
  },
  "falls silent in a counted body": (socket, request) => {
    socket.write(halfCounted(request));
  },
  "falls silent in a body of chunks": (socket, request) => {
    socket.write(halfChunked(request));
  },
  "answers at length": (socket, { name }) => {
    socket.write(`HTTP/1.1 200 OK\r\nX-Replica: ${name}\r\nContent-Length: ${LENGTH_BYTES}\r\n\r\n`);
    socket.write(Buffer.alloc(LENGTH_BYTES));
  },
  "pauses in a counted body": pausesAfter(halfCounted, () => REST),
  "pauses in a body of chunks": pausesAfter(halfChunked, () => `${chunk(REST)}0\r\n\r\n`),

  "resets behind a whole answer": resetsAfter((request) => counted(request) + WHOLE),
  "sends more than it has promised": (socket, request) => {
    socket.write(
      `${counted(request)}${WHOLE}HTTP/1.1 200 OK\r\nX-Replica: nobody\r\nContent-Length: 0\r\n\r\n`,
    );
  },
} as const satisfies Record<string, Act>;

/** A way to be ill. */
export type Fault = keyof typeof ACTS;

/** What each fault does with a request. */
export const FAULTS: Readonly<Record<Fault, Act>> = Object.fromEntries(
  Object.entries(ACTS).map(([fault, act]: [string, Act]) => [fault, besideChecks(fault, act)]),
) as Record<Fault, Act>;

/** Ends a connection that has just been accepted, if that is the fault; true when it did. */
export function connectionEnds(fault: Fault, socket: Socket): boolean {
  if (fault === "resets connections") socket.resetAndDestroy();
  else if (fault === "ends connections") socket.destroy();
  else return false;
  return true;
}

function besideChecks(fault: string, act: Act): Act {
  return (socket, request) => {
    if (request.line !== `GET ${HEALTH_PATH}`) return act(socket, request);
    return answer(socket, request, fault === "fails its checks" ? "503 Service Unavailable" : undefined);
  };
}
