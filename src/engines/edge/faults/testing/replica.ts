import { createServer, type Socket } from "node:net";
import { systemClock } from "../../../../blocks/time/index.ts";
import { connectionEnds, FAULTS, type Fault, type Received } from "./faults.ts";

/**
 * A replica in a process of its own that can be made to fail. It speaks just as much HTTP/1.1 as the edge speaks with it. Its
 * parent starts it with a name and a port (0: any), tells it `{ type: "behave", as }`, and is told of every request's head as
 * it comes: what a process had received can so be known even once it was killed.
 */

/** Of the parent: behave so with whatever comes from now on. Answered with the same. */
export interface BehaveMessage {
  readonly type: "behave";
  readonly as: Fault;
}

/** To the parent. */
export type ReplicaMessage =
  | BehaveMessage
  | { readonly type: "listening"; readonly port: number }
  /** `POST /orders`. */
  | { readonly type: "request"; readonly line: string };

const [, , name = "", port = "0"] = process.argv;
/** Another process may have been given the port in the moment in which nobody listened on it. */
const LISTEN_TRIES = 50;
let fault: Fault = "none";
let tries = 0;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  if (!connectionEnds(fault, socket)) serve(socket);
});
server.on("error", async (error) => {
  if (++tries > LISTEN_TRIES) throw error;
  await systemClock.sleep(20);
  listen();
});
server.on("listening", () => {
  const address = server.address();
  if (address && typeof address === "object") tell({ type: "listening", port: address.port });
});
process.on("message", (message: BehaveMessage) => {
  fault = message.as;
  tell(message);
});
// No replica outlives its test.
process.on("disconnect", () => process.exit());
listen();

function listen(): void {
  server.listen(Number(port), "127.0.0.1");
}

function tell(message: ReplicaMessage): void {
  process.send?.(message);
}

/** Reads requests, one after the other. */
function serve(socket: Socket): void {
  let unread = "";
  let request: (Received & { missing: number }) | undefined;
  socket.on("data", (bytes: Buffer) => {
    unread += bytes.toString("latin1");
    for (;;) {
      if (!request) {
        const end = unread.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = unread.slice(0, end);
        const line = head.slice(0, head.indexOf(" HTTP/1.1"));
        unread = unread.slice(end + 4);
        request = { name, line, missing: Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0) };
        tell({ type: "request", line });
      }
      const part = unread.slice(0, request.missing);
      unread = unread.slice(part.length);
      request.missing -= part.length;
      if (request.missing > 0) {
        if (part !== "" && fault === "resets in the request's body") socket.resetAndDestroy();
        return;
      }
      void FAULTS[fault](socket, request);
      request = undefined;
    }
  });
}
