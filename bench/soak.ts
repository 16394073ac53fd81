import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type CDPSession, chromium, type Page } from "playwright-core";
import type { Bench } from "./bench.ts";
import { runWrk } from "./load/wrk.ts";
import { freePort } from "./machine/free-port.ts";
import { RunningSystem } from "./machine/running-system.ts";
import type { Measurement } from "./report.ts";
import { copyOfDesign } from "./shortener/design-copy.ts";
import { makeLinks, writePaths } from "./shortener/links.ts";
import { median } from "./statistics.ts";

/** What may come and go in a process that does not grow: garbage, and histories that fill up to their bounds. */
const GROWTH_MB_MAX = 8;
const PER_SECOND = 200;
const SAMPLE_EVERY_MS = 10_000;
/** How long a view is looked at before the next one is opened. */
const VIEW_MS = 20_000;
const VIEWS = ["map", "part", "traces", "logs", "data", "requirements", "runs"];
const MB = 1_000_000;

/**
 * The console open for ten minutes, view after view, while 200 redirects a second go through the shortener, which they have done for six
 * minutes before: memory of the page (its heap after a collection, and its nodes) and of the supervisor (resident), as it was in the second
 * fifth of the time and in the last.
 */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "10" }, "warm-up": { type: "string", default: "6" } },
  });
  await using stack = new AsyncDisposableStack();
  const port = await freePort();
  const file = copyOfDesign({ name: "soak", port });
  const system = stack.adopt(await RunningSystem.start(file), (one) => one.close());
  const url = `http://127.0.0.1:${port}`;
  const paths = join(dirname(file), "paths.txt");
  writePaths(paths, await makeLinks(url, 2_000));
  const loaded = (seconds: number) =>
    runWrk({ url, paths, connections: 16, seconds, ratePerSecond: PER_SECOND });
  // What is kept of traces and metrics fills up to its bound first: that is no growth.
  say(`filling what is kept, for ${values["warm-up"]} minutes`);
  await loaded(Math.max(1, Math.round(Number(values["warm-up"]) * 60)));
  const endMs = Date.now() + Number(values.minutes) * 60_000;
  const browser = stack.adopt(
    await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }),
    (one) => one.close(),
  );
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const problems: string[] = [];
  page.on("pageerror", (thrown) => problems.push(thrown.message));
  await page.goto(addressIn(join(dirname(file), ".trestle", "shortener")));
  const session = await page.context().newCDPSession(page);
  const load = (async () => {
    while (Date.now() < endMs) {
      const seconds = Math.max(1, Math.min(30, Math.ceil((endMs - Date.now()) / 1_000)));
      await loaded(seconds);
    }
  })();
  const samples: Sample[] = [];
  for (let at = 0; Date.now() < endMs; at++) {
    if ((at * SAMPLE_EVERY_MS) % VIEW_MS === 0) await open(page, at);
    await page.waitForTimeout(SAMPLE_EVERY_MS);
    const { memoryBytes = 0 } = await system.snapshot();
    samples.push({ ...(await pageMemory(session)), supervisorMb: memoryBytes / MB });
    const { heapMb, nodes, supervisorMb } = samples.at(-1) ?? { heapMb: 0, nodes: 0, supervisorMb: 0 };
    say(`page ${heapMb.toFixed(1)} MB, ${nodes} nodes; supervisor ${supervisorMb.toFixed(0)} MB`);
  }
  await load;
  for (const problem of problems) say(`the page failed: ${problem}`);
  return [
    growth("the page's heap", samples, (one) => one.heapMb),
    growth("the supervisor", samples, (one) => one.supervisorMb),
    { what: "errors of the page", metric: "errors", ours: problems.length, better: "lower", goal: 0 },
  ];
};

interface Sample {
  readonly heapMb: number;
  readonly nodes: number;
  readonly supervisorMb: number;
}

function growth(what: string, samples: readonly Sample[], value: (one: Sample) => number): Measurement {
  const fifth = Math.floor(samples.length / 5);
  const early = median(samples.slice(fifth, 2 * fifth).map(value));
  const late = median(samples.slice(-fifth).map(value));
  say(`${what}: ${early.toFixed(1)} MB early, ${late.toFixed(1)} MB late`);
  return { what: `${what}, growth`, metric: "mb", ours: late - early, better: "lower", goal: GROWTH_MB_MAX };
}

/** Opens the next view as its users do, within the page. */
async function open(page: Page, at: number): Promise<void> {
  const view = VIEWS[Math.floor((at * SAMPLE_EVERY_MS) / VIEW_MS) % VIEWS.length] ?? "map";
  await page.evaluate((next) => {
    const url = new URL(location.href);
    url.search = `?view=${next}${next === "part" ? "&part=shortener" : ""}`;
    history.pushState(undefined, "", url);
    dispatchEvent(new PopStateEvent("popstate"));
  }, view);
}

async function pageMemory(session: CDPSession): Promise<{ heapMb: number; nodes: number }> {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  return { heapMb: metric("JSHeapUsedSize") / MB, nodes: metric("Nodes") };
}

function addressIn(stateFolder: string): string {
  const { port, token } = JSON.parse(readFileSync(join(stateFolder, "control.json"), "utf8"));
  return `http://127.0.0.1:${port}/#key=${token}`;
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}
