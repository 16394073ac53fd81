// A service as anyone might write it: it knows `PORT` and nothing of Trestle.
import { createServer, get } from "node:http";

const { PORT, START_AFTER_MS = "0" } = process.env;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://service");
  switch (pathname) {
    case "/healthz":
      return response.end("fine");
    case "/environment":
      return response.end(JSON.stringify(process.env));
    case "/slow":
      return setTimeout(() => response.end(String(process.pid)), 300);
    case "/through":
      return get(process.env[searchParams.get("variable")], (answer) => answer.pipe(response)).on(
        "error",
        (error) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
    default:
      return response.end(String(process.pid));
  }
});

setTimeout(() => server.listen(Number(PORT), "127.0.0.1"), Number(START_AFTER_MS));
process.on("SIGTERM", () => {
  console.log("draining");
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
