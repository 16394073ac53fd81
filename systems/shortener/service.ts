import { randomBytes, randomUUID } from "node:crypto";
import { databaseCalls, telemetryFromEnvironment, tracedServer } from "trestle/telemetry";
import { systemClock, systemRandom } from "trestle/time";
import { ClickCounter, FLUSH_INTERVAL_MS } from "./clicks/click-counter.ts";
import { PostgresClicks } from "./clicks/postgres-clicks.ts";
import { CodeSource } from "./codes/code-source.ts";
import { PostgresCounter } from "./codes/postgres-counter.ts";
import { Database } from "./database/database.ts";
import { tidyUp } from "./housekeeping.ts";
import { App } from "./http/app.ts";
import { json } from "./http/exchange.ts";
import { HttpServer } from "./http/server.ts";
import { createJournal } from "./journal.ts";
import { CreateLimit } from "./links/create-limit.ts";
import { LinkService } from "./links/link-service.ts";
import { PostgresLinks } from "./links/postgres-links.ts";
import { linkRoutes } from "./links/routes.ts";
import { assetRoutes } from "./page/assets.ts";
import { Redirect } from "./redirect/redirect.ts";
import { RespClient } from "./redirect/resp/resp-client.ts";
import { RespStore } from "./redirect/resp-store.ts";
import { TargetCache } from "./redirect/target-cache.ts";
import { readSettings, type Settings } from "./settings.ts";

const TIDY_INTERVAL_MS = 3_600_000;
/** How long the last telemetry may take to be sent, when the service ends. */
const TELL_MS_MAX = 1_000;

const clock = systemClock;
// Silent, and next to nothing, unless the environment names a collector.
const telemetry = telemetryFromEnvironment(process.env, { clock, random: systemRandom });
const journal = createJournal({
  nowMs: clock.wallMs,
  write: (line) => process.stdout.write(line),
  context: () => telemetry.tracer.active?.context,
});
for (const problem of telemetry.problems) journal.error(problem);
const settings = settingsOrExit();

const database = new Database({
  url: settings.linksUrl,
  clock,
  calls: databaseCalls(telemetry, clock, targetOf(settings.linksUrl, "postgresql", 5432)),
  onChange: (state, cause) =>
    state === "away"
      ? journal.error("the database is away", { cause })
      : journal.info("the database is back"),
});
const cache = new RespClient({
  url: settings.hotUrl,
  clock,
  onChange: (state, cause) =>
    state === "away" ? journal.error("the cache is away", { cause }) : journal.info("the cache is back"),
});

const links = new PostgresLinks(database);
const clicks = new PostgresClicks(database);
const counter = new ClickCounter({ clicks, journal, newId: randomUUID });
const targets = new TargetCache({
  store: new RespStore(cache, databaseCalls(telemetry, clock, targetOf(settings.hotUrl, "redis", 6379))),
  load: (code) => links.target(code),
  clock,
  random: Math.random,
});
const service = new LinkService({
  links,
  codes: new CodeSource(new PostgresCounter(database)),
  targets,
  clock,
});

const createLimit = new CreateLimit({ createsPerMinute: settings.createsPerMinute, clock });

let stopping = false;
const app = new App({
  routes: [
    {
      method: "GET",
      path: "/healthz",
      // Says whether this process takes requests. The database is not asked: without it, cached links are still followed.
      handler: () => json(stopping ? 503 : 200, { status: stopping ? "stopping" : "ok" }),
    },
    ...linkRoutes({ service, links, clicks, createLimit, clock }),
    ...assetRoutes(),
  ],
  redirect: new Redirect({ targets, clicks: counter, clock }),
  journal,
  newRequestId: () => `req_${randomBytes(9).toString("base64url")}`,
  publicUrl: settings.publicUrl,
  apiToken: settings.apiToken,
});

const handle = tracedServer(
  telemetry,
  { clock, routeOf: app.routeOf, isIgnored: ({ url }) => url === "/healthz" },
  app.handle,
);
const server = await HttpServer.listen(handle, { host: settings.host, port: settings.port });
journal.info("started", { host: settings.host, port: server.port });

let nextFlush: NodeJS.Timeout;
flushSoon();
const everyTidying = setInterval(
  () => void tidyUp(database).catch((cause: unknown) => journal.error("could not tidy up", { cause })),
  TIDY_INTERVAL_MS,
);

/** At intervals drawn anew each time: replicas that flush in step would hold up everyone's requests together. */
function flushSoon(): void {
  nextFlush = setTimeout(
    () => {
      void counter.flush();
      void targets.retryChanges();
      flushSoon();
    },
    FLUSH_INTERVAL_MS * (0.7 + 0.3 * Math.random()),
  );
}

/** Answers what is under way, counts the last clicks, and ends. A second signal changes nothing. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server.close();
  clearTimeout(nextFlush);
  clearInterval(everyTidying);
  const counted = await counter.flush();
  if (!counted) journal.error("the last clicks were lost: the database was away");
  cache.close();
  await database.close();
  await telemetry.close({ timeoutMs: TELL_MS_MAX });
  journal.info("stopped", { signal });
  process.exit(0);
}
process.on("SIGTERM", (signal) => void stop(signal));
process.on("SIGINT", (signal) => void stop(signal));

/** What telemetry says of a server, out of the URL that leads there. */
function targetOf(url: string, system: string, usualPort: number) {
  const { hostname, port } = new URL(url);
  return { system, address: hostname.replace(/^\[|\]$/g, ""), port: Number(port || usualPort) };
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (thrown) {
    journal.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exit(1);
  }
}
