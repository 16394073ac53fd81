// A service that says whatever would harm whoever shows it as markup: in lines, in telemetry, in keys, in values.
import { createServer } from "node:http";
import { connect } from "node:net";
import pg from "pg";

const { PORT, HOT_URL, LINKS_URL, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, PAYLOADS } =
  process.env;
const payloads = JSON.parse(PAYLOADS);
const authorization = decodeURIComponent(OTEL_EXPORTER_OTLP_HEADERS.replace(/^authorization=/, ""));

function writeLines() {
  for (const text of payloads) {
    console.log(text);
    console.error(`ERROR ${text}`);
    console.log(
      JSON.stringify({
        level: "error",
        msg: text,
        [text]: text,
        url: "javascript:owned()",
        error: { stack: text },
      }),
    );
    console.log(`level=warn msg=${JSON.stringify(text)} field=${JSON.stringify(text)}`);
  }
  console.log(`${payloads[0]}${"x".repeat(1_000_000)}`);
  console.log(`\u001b]8;;javascript:owned()\u0007link\u001b]8;;\u0007 \u001b[31m${payloads[0]}\u001b[0m`);
}

function attributesOf(text) {
  const value = { stringValue: text };
  return [
    { key: text, value },
    { key: "url.full", value: { stringValue: "javascript:owned()" } },
    { key: "http.route", value },
    { key: "http.request.method", value },
    { key: "db.query.text", value: { stringValue: `select '${text}'` } },
    { key: "http.response.status_code", value: { intValue: "500" } },
    { key: "error.type", value },
    { key: "__proto__", value },
    { key: "constructor", value },
  ];
}

const hex = (at, length) => (at + 1).toString(16).padStart(length, "5");

async function send(path, body) {
  const headers = { "content-type": "application/json", authorization };
  const answer = await fetch(`${OTEL_EXPORTER_OTLP_ENDPOINT}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

async function sendTelemetry() {
  for (const [at, text] of payloads.entries()) {
    for (const name of ["api", text]) {
      const resource = {
        attributes: [
          { key: "service.name", value: { stringValue: name } },
          { key: "service.instance.id", value: { stringValue: name === "api" ? "api.1" : text } },
        ],
      };
      const scope = { name: text, version: text };
      const attributes = attributesOf(text);
      const now = BigInt(Date.now()) * 1_000_000n;
      const traceId = hex(at, 32);
      const spanId = hex(name === "api" ? 1_000 + at : 2_000 + at, 16);
      const times = { startTimeUnixNano: `${now - 900_000_000n}`, endTimeUnixNano: `${now}` };
      const event = {
        timeUnixNano: `${now - 1_000_000n}`,
        name: "exception",
        attributes: [...attributes, { key: "exception.stacktrace", value: { stringValue: text } }],
      };
      const parent = name === "api" ? {} : { parentSpanId: hex(1_000 + at, 16) };
      const span = {
        traceId,
        spanId,
        ...parent,
        name: text,
        kind: 2,
        ...times,
        attributes,
        events: [event],
        status: { code: 2, message: text },
      };
      await send("/v1/traces", { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] });
      const point = { timeUnixNano: `${now}`, startTimeUnixNano: `${now - 5_000_000_000n}`, attributes };
      const histogram = {
        ...point,
        count: "2",
        sum: 1,
        bucketCounts: ["1", "1"],
        explicitBounds: [0.5],
        exemplars: [{ timeUnixNano: `${now}`, asDouble: 0.7, traceId, spanId }],
      };
      const metrics = [
        { name: text, unit: text, description: text, gauge: { dataPoints: [{ ...point, asDouble: 1 }] } },
        {
          name: "http.server.request.duration",
          unit: "s",
          histogram: { aggregationTemporality: 1, dataPoints: [histogram] },
        },
      ];
      await send("/v1/metrics", { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] });
      const record = {
        timeUnixNano: `${now}`,
        severityNumber: 17,
        severityText: text,
        body: { stringValue: text },
        attributes,
        traceId,
        spanId,
      };
      await send("/v1/logs", { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [record] }] }] });
    }
  }
}

function fillCache() {
  const { hostname, port, username, password } = new URL(HOT_URL);
  const command = (...words) =>
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
  const commands = payloads.flatMap((text) => [
    command("SET", text, text),
    command("HSET", `hash ${text}`, text, text),
    command("RPUSH", `list ${text}`, text),
  ]);
  const socket = connect(Number(port), hostname);
  socket.write(command("AUTH", username, password) + commands.join(""));
  socket.on("data", () => {});
  socket.on("error", (error) => console.error(String(error)));
}

async function fillDatabase() {
  const client = new pg.Client({ connectionString: LINKS_URL });
  await client.connect();
  for (const text of payloads) {
    // PostgreSQL takes no NUL, and cuts names at 63 bytes.
    const value = text.replaceAll("\0", "");
    const name = client.escapeIdentifier([...value].slice(0, 30).join(""));
    await client.query(`create table ${name} (${name} text, data jsonb)`);
    await client.query(`comment on table ${name} is ${client.escapeLiteral(value)}`);
    await client.query(`insert into ${name} values ($1, $2)`, [value, JSON.stringify({ [value]: value })]);
  }
  await client.end();
}

const server = createServer((request, response) => {
  if (request.url === "/healthz") return response.end("fine");
  if (request.url === "/referer") return response.end(JSON.stringify(request.headers.referer ?? null));
  response.writeHead(request.url.includes("broken") ? 500 : 200, { "content-type": "text/html" });
  response.end(payloads.join("\n"));
});
server.listen(Number(PORT), "127.0.0.1", async () => {
  writeLines();
  fillCache();
  await fillDatabase();
  await sendTelemetry();
  console.log("all is said");
});
process.on("SIGTERM", () => process.exit(0));
