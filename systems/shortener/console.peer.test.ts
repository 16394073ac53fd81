// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { ask, assertFit, type Control, controlOf, onConsole } from "./tests/console-page.ts";
import { RunningShortener } from "./tests/running-shortener.ts";
import { Trickle } from "./tests/trickle.ts";

/** Set to write `docs/images/console-*.png` from this run. */
const WRITE_PICTURES = process.env.WRITE_PICTURES === "1";
const PICTURES = new URL("../../docs/images/", import.meta.url);
const FIRST_LOAD_BYTES_MAX = 300 * 1024;
/** A run of late: charts are full, and what was done before has gone by. */
const LATELY = "range=2m";

let shortener: RunningShortener;
let control: Control;
let browser: Browser;
let trickle: Trickle | undefined;

before(async () => {
  shortener = await RunningShortener.start();
  control = await controlOf(shortener);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});
after(async () => {
  await trickle?.[Symbol.asyncDispose]();
  await browser?.close();
  await shortener?.[Symbol.asyncDispose]();
});

interface Figures {
  readonly parts: readonly { readonly name: string; readonly requests?: { readonly perSecond: number } }[];
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly requests?: { readonly perSecond: number };
  }[];
}

function labelOf(page: Page, from: string, to: string) {
  return page
    .locator(".map-label")
    .and(page.getByRole("button", { name: new RegExp(`^${from} to ${to}: `) }));
}

function boxOf(page: Page, part: string) {
  return page.locator(`[data-part="${part}"]`);
}

/** Waits until every chart that has been drawn says something, but for those of failures, of which there are none. */
async function chartsSpeak(page: Page, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    const chart = page
      .locator("figure.chart")
      .filter({ has: page.getByRole("heading", { name: title, exact: true }) })
      .first();
    await chart.scrollIntoViewIfNeeded();
    await chart.locator(".legend-value", { hasText: /\d/ }).first().waitFor();
    assert.equal(await chart.locator(".chart-empty").count(), 0, `${title} shows something`);
  }
}

test("a newcomer is offered some requests, and sees the map move; what is loaded for that is small", async () => {
  await onConsole(browser, control, "", async (page) => {
    await page.getByText("Nobody asks anything now").waitFor();
    await assertFit(page, "the map before any request");
    await page.getByRole("button", { name: "Send a few requests" }).click();
    await page.getByText("5 requests a second go to / of front for 60 s").waitFor();
    await labelOf(page, "clients", "front").getByText(/\d\/s/).waitFor();
    await labelOf(page, "front", "shortener").getByText(/\d\/s/).waitFor();
    await page.locator(".map-quiet").waitFor({ state: "detached" });
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  let bytes = 0;
  const sizes: Promise<void>[] = [];
  page.on("requestfinished", (request) => {
    if (new URL(request.url()).pathname.startsWith("/v1/")) return;
    sizes.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        bytes += responseBodySize + responseHeadersSize;
      }),
    );
  });
  await page.goto(`${control.origin}/#key=${control.token}`);
  await boxOf(page, "shortener").getByText(/\d\/s/).waitFor();
  await Promise.all(sizes);
  assert.ok(bytes > 10_000 && bytes < FIRST_LOAD_BYTES_MAX, `${bytes} bytes were loaded`);
  await context.close();
});

test("the map shows what goes over every link, and what each part says of itself", async () => {
  trickle = await Trickle.start(shortener);
  await onConsole(browser, control, LATELY, async (page) => {
    for (const [from, to] of [
      ["clients", "front"],
      ["front", "shortener"],
      ["shortener", "links"],
      ["shortener", "hot"],
    ] as const) {
      await labelOf(page, from, to).getByText(/\d\/s/).waitFor();
      await labelOf(page, from, to)
        .getByText(/\d [mµ]s/)
        .waitFor();
    }
    await boxOf(page, "hot").getByText("hit ratio").waitFor();
    await boxOf(page, "links").getByText("connections").waitFor();
    await boxOf(page, "front").getByText("connections").waitFor();
    assert.equal(await boxOf(page, "shortener").locator(".map-cell").count(), 2);
    await assertFit(page, "the map at work");
  });
});

test("what the map says, what a chart shows and what was sent is the same", async () => {
  const startMs = Date.now();
  const before = trickle?.sent ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 14_000));
  const sentPerSecond = ((trickle?.sent ?? 0) - before) / ((Date.now() - startMs) / 1_000);
  const figures = await ask<Figures>(control, "/v1/figures");
  const endMs = Date.now();
  const near = (value: number | undefined, what: string) => {
    // The first test's trickle of five a second may still go on.
    const isNear = value !== undefined && value > sentPerSecond * 0.6 && value < sentPerSecond * 1.6 + 6;
    assert.ok(isNear, `${what} is ${value} where ${sentPerSecond} a second were sent`);
  };
  near(figures.parts.find(({ name }) => name === "front")?.requests?.perSecond, "the edge's rate");
  near(figures.links.find(({ from }) => from === "front")?.requests?.perSecond, "the link's rate");
  near(figures.parts.find(({ name }) => name === "shortener")?.requests?.perSecond, "the service's rate");
  for (const [part, name] of [
    ["front", "http.server.request.duration"],
    ["shortener", "http.server.request.duration"],
    ["shortener", "db.client.operation.duration&where.trestle.peer=hot"],
  ] as const) {
    const asked = `name=${name}&part=${part}&as=rate&points=20&fromMs=${endMs - 12_000}&toMs=${endMs - 6_000}`;
    const answer = await ask<{ series: { values: (number | null)[] }[] }>(
      control,
      `/v1/metrics/query?${asked}`,
    );
    const values = answer.series.flatMap((one) => one.values).filter((value) => value !== null);
    near(values.reduce((sum, value) => sum + value, 0) / values.length, `the chart of ${name} of ${part}`);
  }
});

test("a link that is looked into is charted from what the map says, and leads to its own traces", async () => {
  await onConsole(browser, control, LATELY, async (page) => {
    await labelOf(page, "shortener", "links").click();
    await page.getByRole("heading", { name: "shortener → links" }).waitFor();
    await page.getByText("Measured by shortener, each call").waitFor();
    await chartsSpeak(page, ["Requests", "Latency"]);
    await assertFit(page, "a link's panel");
    await page.getByRole("link", { name: "Traces", exact: true }).last().click();
    await page.waitForURL(/part=shortener.*peer=links|peer=links.*part=shortener/);
    await page.locator(".trace-row").first().click();
    await page.locator(".waterfall-row", { hasText: "→ links" }).first().waitFor();
  });
});

const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  front: ["Requests", "Latency", "CPU", "Memory"],
  shortener: ["Requests", "Latency", "CPU", "Memory"],
  links: ["Queries", "Latency", "CPU", "Memory", "Backends", "Commits"],
  hot: ["Commands", "Latency", "Hits and misses", "CPU", "Memory", "Commands processed"],
};

test("each part shows its charts, its replicas, what it uses, its traces and its logs", async () => {
  for (const [part, titles] of Object.entries(OF_KIND)) {
    await onConsole(browser, control, `view=part&part=${part}&${LATELY}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: part }).waitFor();
      await chartsSpeak(page, titles);
      await page.getByRole("heading", { name: "Latency distribution" }).waitFor();
      const replicas = page.getByRole("region", { name: "Replicas" }).getByRole("row");
      assert.equal(await replicas.count(), part === "shortener" ? 3 : 2, "with the row of titles");
      await page
        .getByRole("link", { name: /^\d\d:\d\d:\d\d (GET|POST)/ })
        .first()
        .waitFor();
      assert.match((await page.locator(".part-strip").textContent()) ?? "", /Requests[\d.]+\/s/);
      await assertFit(page, part);
    });
  }
});

test("an example on a chart leads to its trace, through edge and service to the stores, and from there to logs", async () => {
  await onConsole(browser, control, `view=part&part=shortener&${LATELY}`, async (page) => {
    await page.getByRole("button", { name: "Latency as a table" }).click();
    await page.locator(".chart-table a").first().click();
    await page.waitForURL(/view=traces.*trace=[0-9a-f]{32}/);
    const rows = page.locator(".waterfall-row");
    await rows.filter({ hasText: "front → shortener" }).first().waitFor();
    await rows.filter({ hasText: "shortener" }).first().waitFor();
    await assertFit(page, "a trace");
    await page.getByRole("link", { name: "All that was logged then" }).click();
    await page.waitForURL(/view=logs/);
  });
  await onConsole(browser, control, `view=traces&part=hot&${LATELY}`, async (page) => {
    await page.locator(".trace-row").nth(3).click();
    const rows = page.locator(".waterfall-row");
    await rows.filter({ hasText: "shortener → hot" }).first().waitFor();
    await rows.filter({ hasText: "front → shortener" }).first().waitFor();
  });
});

test("requirements are judged by what was measured", async () => {
  await onConsole(browser, control, "view=requirements", async (page) => {
    await page.getByRole("article", { name: "availability" }).getByText("100 % did not fail").waitFor();
    await page
      .getByRole("article", { name: "p99 latency" })
      .getByText(/^p99 is [\d.]+ [mµ]?s/)
      .waitFor();
    await page.getByRole("article", { name: "peak traffic" }).getByText("nothing is proven").waitFor();
    await assertFit(page, "requirements");
  });
});

test("what is done to a part is done, shows in its replicas and logs, and is marked on its charts", async () => {
  await onConsole(browser, control, `view=part&part=shortener&${LATELY}`, async (page) => {
    const row = (replica: string) => page.getByRole("row", { name: new RegExp(`^${replica}`) });
    const choose = async (replica: string, action: string) => {
      await page.getByRole("button", { name: `Actions on ${replica}` }).click();
      await page.getByRole("button", { name: action }).click();
    };
    await page.getByRole("button", { name: "Scale" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Replicas").fill("3");
    await dialog.getByRole("button", { name: "Scale" }).click();
    await page.getByText("shortener has 3 replicas").waitFor();
    await row("shortener.3").getByText("ready").waitFor();
    await choose("shortener.3", "Stop a replica");
    await page.getByText("shortener.3 is stopped").waitFor();
    await row("shortener.3").getByText("stopped").waitFor();
    await choose("shortener.3", "Start a replica");
    await row("shortener.3").getByText("ready").waitFor();
    await choose("shortener.2", "Kill a replica");
    await dialog.getByText("Requests that it is answering are lost").waitFor();
    await dialog.getByRole("button", { name: "Kill a replica" }).click();
    await page.getByText("shortener.2 was killed").waitFor();
    await row("shortener.2").getByText("1", { exact: true }).waitFor();
    await row("shortener.2").getByText("ready").waitFor();
    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await page.getByText("shortener was restarted").waitFor({ timeout: 60_000 });
    await assertFit(page, "a part after all that");
  });
  const { data } = await ask<{ data: { kind: string; part?: string }[] }>(control, "/v1/marks");
  const kinds = new Set(data.filter(({ part }) => part === "shortener").map(({ kind }) => kind));
  for (const kind of ["scaled", "death", "restart"]) assert.ok(kinds.has(kind), `${kind} is marked`);
});

test("logs are followed as they are written, and searched", async () => {
  await onConsole(browser, control, "view=logs&part=shortener", async (page) => {
    await page.getByRole("button", { name: "Following" }).waitFor();
    await page.locator(".log-row").first().waitFor();
    const before = await page.locator(".log-row", { hasText: "started" }).count();
    await shortener.trestle("restart", "shortener");
    await page.waitForFunction((count) => document.querySelectorAll(".log-row").length > count, before, {
      timeout: 30_000,
    });
    await page.getByRole("searchbox").fill("started");
    await page.waitForURL(/text=started/);
    await page.locator(".log-row", { hasText: "started" }).first().waitFor();
    await page.getByRole("searchbox").fill("nothing says this");
    await page.locator(".log-row").first().waitFor({ state: "detached" });
    await assertFit(page, "logs");
  });
});

test("what the stores hold is looked into: keys and values, tables, a query, its plan, and nothing can be changed", async () => {
  await onConsole(browser, control, "view=data&part=hot", async (page) => {
    const keys = page.getByRole("region", { name: "Keys" });
    await keys.getByText(/[1-9]\d* shown/).waitFor();
    await page.locator(".keys-line").first().click();
    await page.getByRole("region", { name: "The value" }).waitFor();
    await assertFit(page, "a key of the cache");
  });
  await onConsole(browser, control, "view=data&part=links", async (page) => {
    const tables = page.getByRole("region", { name: "Tables" });
    await tables.getByRole("link", { name: /^links/ }).click();
    await page.getByRole("region", { name: "Indexes" }).getByText("links_pkey").waitFor();
    await page.getByRole("link", { name: "Query it" }).click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText(/^[1-9]\d* rows in/).waitFor();
    await assertFit(page, "rows of a query");
    const statement = page.getByLabel("A statement that reads");
    await statement.fill("SELECT count(*) FROM links WHERE title LIKE '%9'");
    await page.getByRole("button", { name: "Run and explain" }).click();
    const plan = page.getByRole("region", { name: "Plan", exact: true });
    await plan
      .getByText(/Seq Scan on links/)
      .first()
      .waitFor();
    await assertFit(page, "a plan");
    await statement.fill("DELETE FROM links");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").waitFor();
  });
});

test("from the keyboard alone one comes from the map to a part, its trace and back", async () => {
  await onConsole(browser, control, LATELY, async (page) => {
    await labelOf(page, "front", "shortener").waitFor();
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate(() => document.activeElement?.matches(".map-name") ?? false)) break;
      await page.keyboard.press("Tab");
    }
    for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "shortener" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.locator(".trace-row").first().waitFor();
    await page.locator(".trace-row").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".waterfall-row").first().waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("hot");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "hot" }).waitFor();
  });
});

test("every view is fit to be read in both themes, on a phone and on a wide screen, with what was measured", async () => {
  const views = ["map", "part", "part&part=front", "traces", "logs", "data", "requirements", "runs"];
  for (const [colorScheme, width] of [
    ["dark", 1_440],
    ["light", 375],
    ["dark", 375],
  ] as const) {
    for (const view of views) {
      await onConsole(
        browser,
        control,
        `view=${view}&${LATELY}`,
        async (page) => {
          await page.getByRole("banner").getByText("shortener").waitFor();
          await page.locator("#view :is(.map-part, .card)").first().waitFor();
          await assertFit(page, `${view}, ${colorScheme}, ${width} px`);
        },
        { colorScheme, viewport: { width, height: 812 } },
      );
    }
  }
});

test("what it is for can be seen at a glance: here are its pictures, in light and in dark", async () => {
  await using more = WRITE_PICTURES ? await Trickle.start(shortener, 40) : undefined;
  // What was done to the system goes by, and more people come.
  if (more) await new Promise((resolve) => setTimeout(resolve, 125_000));
  const trace = await tellingTrace();
  const views = [
    { name: "map", query: LATELY, shows: ".map-label" },
    { name: "part", query: `view=part&part=shortener&${LATELY}`, shows: "figure.chart canvas" },
    { name: "trace", query: `view=traces&${trace}`, shows: "[role=treegrid]" },
  ];
  for (const { name, query, shows } of views) {
    for (const colorScheme of ["light", "dark"] as const) {
      await onConsole(
        browser,
        control,
        query,
        async (page) => {
          await page.locator(shows).first().waitFor();
          // Charts and rates come with the next second's figures.
          await page.waitForTimeout(3_000);
          const picture = await page.screenshot();
          assert.ok(picture.length > 20_000, `${name} shows something`);
          const suffix = colorScheme === "dark" ? "-dark" : "";
          if (WRITE_PICTURES) await writeFile(new URL(`console-${name}${suffix}.png`, PICTURES), picture);
        },
        { colorScheme },
      );
    }
  }
});

/** A link that was made: in the database and in the cache. Its query is chosen, as the address has it. */
async function tellingTrace(): Promise<string> {
  const { data } = await ask<{
    data: { traceId: string; spans: number; durationMs: number; httpStatus: number }[];
  }>(control, "/v1/traces?part=links&limit=500");
  const made = data
    .filter(({ spans, httpStatus }) => spans > 4 && httpStatus === 201)
    .toSorted((one, other) => one.durationMs - other.durationMs);
  const telling = made[Math.floor(made.length / 4)];
  assert.ok(telling, "making a link has a trace that reaches the stores");
  const { spans } = await ask<{ spans: { spanId: string; peer?: string }[] }>(
    control,
    `/v1/traces/${telling.traceId}`,
  );
  return `trace=${telling.traceId}&span=${spans.find(({ peer }) => peer === "links")?.spanId}`;
}

test("a run is kept, and beside the next one in charts and in a table", async () => {
  await shortener.end("SIGTERM");
  await shortener.up();
  control = await controlOf(shortener);
  await onConsole(browser, control, "view=runs", async (page) => {
    const choices = page.getByRole("checkbox", { name: /^Compare / });
    await choices.nth(1).waitFor();
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await choices.nth(0).check();
    await choices.nth(1).check();
    await page
      .getByText(/did not fail, of at least 99.99 %, over [1-9]/)
      .first()
      .waitFor();
    await page
      .getByRole("region", { name: "Differences" })
      .getByRole("row", { name: /^front p99/ })
      .waitFor();
    await page.getByRole("slider", { name: "Requests", exact: true }).waitFor();
    await assertFit(page, "two runs");
  });
});
