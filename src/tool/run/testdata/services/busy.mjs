// Computes for some milliseconds at each request, as a service does whose processor is what it is short of.
import { createServer } from "node:http";

const { PORT, BUSY_MS = "5" } = process.env;

const server = createServer((_request, response) => {
  const untilMs = performance.now() + Number(BUSY_MS);
  while (performance.now() < untilMs);
  response.end(String(process.pid));
});

server.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
