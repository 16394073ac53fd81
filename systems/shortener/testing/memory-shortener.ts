import { memoryTelemetry, tracedServer } from "trestle/telemetry";
import { SimulatedClock, seededRandom } from "trestle/time";
import { ClickCounter } from "../clicks/click-counter.ts";
import { CodeSource } from "../codes/code-source.ts";
import { App } from "../http/app.ts";
import { json } from "../http/exchange.ts";
import { HttpServer } from "../http/server.ts";
import { createJournal } from "../journal.ts";
import { CreateLimit } from "../links/create-limit.ts";
import { LinkService } from "../links/link-service.ts";
import { linkRoutes } from "../links/routes.ts";
import { assetRoutes } from "../page/assets.ts";
import { Redirect } from "../redirect/redirect.ts";
import { TargetCache } from "../redirect/target-cache.ts";
import { MemoryClicks } from "./memory-clicks.ts";
import { MemoryCounter } from "./memory-counter.ts";
import { MemoryLinks } from "./memory-links.ts";
import { MemoryStore } from "./memory-store.ts";

/** The whole service on a free port, on storage in memory and a clock that the test moves. */
export async function startMemoryShortener(
  options: { apiToken?: string; publicUrl?: string; startMs?: number; createsPerMinute?: number } = {},
) {
  const { startMs, createsPerMinute = 1_200, ...appOptions } = options;
  const clock = new SimulatedClock(startMs);
  const lines: string[] = [];
  const telemetry = memoryTelemetry({ clock, random: seededRandom(1) });
  const journal = createJournal({
    nowMs: () => clock.wallMs(),
    write: (line) => lines.push(line),
    context: () => telemetry.tracer.active?.context,
  });
  const links = new MemoryLinks(clock);
  const clicks = new MemoryClicks(links);
  const store = new MemoryStore(clock);
  let batches = 0;
  const counter = new ClickCounter({ clicks, journal, newId: () => String(batches++) });
  const targets = new TargetCache({ store, load: (code) => links.target(code), clock, random: () => 0.5 });
  const service = new LinkService({ links, codes: new CodeSource(new MemoryCounter()), targets, clock });
  let requests = 0;
  const app = new App({
    routes: [
      { method: "GET", path: "/healthz", handler: () => json(200, { status: "ok" }) },
      ...linkRoutes({
        service,
        links,
        clicks,
        createLimit: new CreateLimit({ createsPerMinute, clock }),
        clock,
      }),
      ...assetRoutes(),
    ],
    redirect: new Redirect({ targets, clicks: counter, clock }),
    journal,
    newRequestId: () => `req_${requests++}`,
    ...appOptions,
  });
  const handle = tracedServer(telemetry, { clock, routeOf: app.routeOf }, app.handle);
  const server = await HttpServer.listen(handle, { host: "127.0.0.1", port: 0 });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    clock,
    links,
    clicks,
    store,
    counter,
    lines,
    telemetry,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
