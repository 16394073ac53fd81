// A service as its users write it: OpenTelemetry's own SDK, set up by the environment alone, and the clients that it instruments.
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { IORedisInstrumentation } = require("@opentelemetry/instrumentation-ioredis");
const { PgInstrumentation } = require("@opentelemetry/instrumentation-pg");

const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new IORedisInstrumentation(), new PgInstrumentation()],
});
sdk.start();

const { createServer } = require("node:http");
const { Redis } = require("ioredis");
const { Pool } = require("pg");

const hot = new Redis(process.env.HOT_URL);
const links = new Pool({ connectionString: process.env.LINKS_URL });

const server = createServer(async (request, response) => {
  if (request.url === "/healthz") return response.end("ok");
  try {
    await hot.incr("visits");
    const { rows } = await links.query("select $1::int + 1 as answer", [41]);
    if (request.url === "/broken") throw new Error("broken on purpose");
    response.end(JSON.stringify({ answer: rows[0].answer }));
  } catch (thrown) {
    response.writeHead(500).end(String(thrown));
  }
});
server.listen(Number(process.env.PORT), "127.0.0.1");

process.once("SIGTERM", async () => {
  server.close();
  server.closeIdleConnections();
  hot.disconnect();
  await links.end();
  await sdk.shutdown();
});
