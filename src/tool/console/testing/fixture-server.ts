import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../blocks/time/index.ts";
import type { LiveEvent } from "../../control-api/index.ts";
import { answerApi } from "./fixture-api.ts";
import { figuresAt, requirementsAt } from "./made-up/figures.ts";
import { entriesBetween } from "./made-up/logs.ts";
import { large, type MadeUpSystem, shortener } from "./made-up/system.ts";

const ASSETS = join(import.meta.dirname, "..", "assets");
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};
/** The policy that the supervisor sends with the page: what breaks under it breaks here. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** A server that has the page and answers its questions about a made-up system. */
export interface FixtureServer extends AsyncDisposable {
  readonly origin: string;
  readonly key: string;
  /** The address that a person would be given. */
  readonly link: string;
  readonly system: MadeUpSystem;
  /** What was asked of the API, as `GET /v1/system`. */
  readonly asked: string[];
  /** Cuts all streams, as a supervisor's end does. */
  cut(): void;
  /** Sends an event to every open stream. */
  send(event: LiveEvent): void;
}

/** Starts it on loopback, at any port; `large` has fifty parts. */
export async function startFixtureServer(
  options: { readonly shape?: "shortener" | "large"; readonly clock?: Clock; readonly port?: number } = {},
): Promise<FixtureServer> {
  const clock = options.clock ?? systemClock;
  const system = (options.shape === "large" ? large : shortener)(clock.wallMs());
  const key = randomBytes(16).toString("hex");
  const streams = new Set<ServerResponse>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fixture");
    if (url.pathname === "/" || url.pathname.startsWith("/console/"))
      return void sendAsset(response, url.pathname);
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    if (request.headers.authorization !== `Bearer ${key}`) {
      const error = { code: "UNAUTHORIZED", message: "The key is missing or wrong" };
      return void sendJson(response, 401, { error });
    }
    if (url.pathname === "/v1/live") return openStream(response, system, clock, streams, url);
    void bodyOf(request).then((body) => {
      const { status, json } = answerApi(system, request.method ?? "GET", url, body, clock.wallMs());
      sendJson(response, status, json);
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    key,
    link: `${origin}/#key=${key}`,
    system,
    asked,
    cut: () => {
      for (const stream of streams) stream.destroy();
    },
    send: (event) => {
      for (const stream of streams) tell(stream, event);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendAsset(response: ServerResponse, path: string): Promise<void> {
  const name = path === "/" ? "index.html" : path.slice("/console/".length);
  const type = /^[\w-]+\.(html|js|css|svg)$/.exec(name)?.[1];
  try {
    if (!type) throw new Error("no such file");
    const body = await readFile(join(ASSETS, name));
    const headers = {
      "content-type": TYPES[type],
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
    };
    response.writeHead(200, headers).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}

function openStream(
  response: ServerResponse,
  system: MadeUpSystem,
  clock: Clock,
  streams: Set<ServerResponse>,
  url: URL,
): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  streams.add(response);
  let lastMs = clock.wallMs();
  const step = () => {
    if (response.destroyed) return;
    const timeMs = clock.wallMs();
    tell(response, { type: "figures", figures: figuresAt(system, timeMs) });
    tell(response, { type: "requirements", requirements: requirementsAt(system, timeMs) });
    if (url.searchParams.get("logs") === "true") {
      tell(response, { type: "entries", entries: entriesBetween(system, lastMs, timeMs), leftOut: 0 });
    }
    lastMs = timeMs;
    clock.setTimer(1_000, step).unref();
  };
  step();
  response.on("close", () => streams.delete(response));
}

function tell(stream: ServerResponse, event: LiveEvent): void {
  stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

if (import.meta.main) {
  const shape = process.argv[2] === "large" ? "large" : "shortener";
  const server = await startFixtureServer({ shape, port: Number(process.argv[3] ?? 0) });
  process.stdout.write(`${server.link}\n`);
}
