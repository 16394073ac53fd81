// A service that fails every request, in good health.
import { createServer } from "node:http";

createServer((request, response) => {
  response.statusCode = request.url === "/healthz" ? 200 : 500;
  response.end("failed");
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
