import { createServer, type ServerResponse } from "node:http";

/*
 * The dependency: two workers that take five milliseconds for a price, and a queue in front of them. It answers everything it
 * was asked, however late, as most servers do. `POST /slowness?factor=100` makes each price take a hundred times as long.
 */

const { PORT } = process.env;
if (!PORT) throw new Error("PORT must be a port number, such as 3000");

const WORKERS = 2;
const SERVICE_MS = 5;
/** A timer of the platform takes what is beyond it for a millisecond. */
const SLOWNESS_MAX = 10_000;

const waiting: ServerResponse[] = [];
let busy = 0;
let slowness = 1;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://prices");
  request.resume();
  if (pathname === "/healthz") response.end("ok");
  else if (pathname === "/slowness" && request.method === "POST") {
    slowness = Math.min(SLOWNESS_MAX, Math.max(1, Number(searchParams.get("factor")) || 1));
    response.end(`${slowness}`);
  } else {
    waiting.push(response);
    work();
  }
});
server.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));

function work(): void {
  if (busy === WORKERS) return;
  const response = waiting.shift();
  if (!response) return;
  busy++;
  setTimeout(() => {
    busy--;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ cents: 1_999 }));
    work();
  }, SERVICE_MS * slowness);
}
