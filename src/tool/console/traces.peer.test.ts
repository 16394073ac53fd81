// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, assertFits, onConsole, startBrowser, tabTo } from "./testing/console-page.ts";
import { type FixtureServer, startFixtureServer } from "./testing/fixture-server.ts";
import { LONG_TRACE, tracesFor } from "./testing/made-up/traces.ts";

let server: FixtureServer;
let browser: Browser;

before(async () => {
  server = await startFixtureServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

const SEARCH = { query: "view=traces" };

/** The newest trace that failed, or that did not. */
function traceId(status: "error" | "ok"): string {
  const nowMs = Date.now();
  const [found] = tracesFor(server.system, { status, fromMs: nowMs - 900_000, toMs: nowMs - 30_000 }, nowMs);
  assert.ok(found);
  return found.traceId;
}

function rows(page: Page) {
  return page.locator(".waterfall-row");
}

test("traces are searched for by all that the address says, and it survives a reload", async () => {
  await onConsole(browser, server, SEARCH, async (page) => {
    await page.locator(".trace-row").first().waitFor();
    await page.getByLabel("Status").selectOption("error");
    await page.getByLabel("Part").selectOption("shortener");
    await page.getByLabel("Order").selectOption("duration");
    await page.getByLabel("At least").fill("1.5");
    await page.keyboard.press("/");
    await page.getByRole("searchbox").fill("GET");
    await page.waitForURL(/status=error.*part=shortener.*sort=duration.*minMs=1.5.*text=GET/);
    await page.reload();
    await page.locator(".trace-row").first().waitFor();
    assert.equal(await page.getByLabel("Status").inputValue(), "error");
    assert.equal(await page.getByLabel("At least").inputValue(), "1.5");
    assert.equal(await page.getByRole("searchbox").inputValue(), "GET");
    const asked = server.asked.filter((one) => one.startsWith("GET /v1/traces?")).at(-1) ?? "";
    assert.match(asked, /part=shortener&status=error&minMs=1.5&text=GET&sort=duration/);
    assert.equal(
      await page.locator(".trace-row", { hasText: "error" }).count(),
      await page.locator(".trace-row").count(),
    );
    await page.getByRole("button", { name: "All traces" }).click();
    await page.waitForURL((url) => !url.search.includes("status"));
  });
});

test("a list that is read stays where it is, and says how many have come", async () => {
  await onConsole(browser, server, SEARCH, async (page) => {
    const first = page.locator(".trace-row").first();
    const before = await first.getAttribute("href");
    await first.hover();
    const fresh = page.getByRole("button", { name: /^\d+ new$/ });
    await fresh.waitFor({ timeout: 20_000 });
    assert.equal(await first.getAttribute("href"), before);
    await fresh.click();
    assert.notEqual(await first.getAttribute("href"), before);
  });
});

test("a dot of the picture leads to its trace, and back leads to the search", async () => {
  await onConsole(browser, server, { query: "view=traces&status=error" }, async (page) => {
    const mark = await page.locator(".scatter-bad").first().boundingBox();
    assert.ok(mark);
    await page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2);
    await rows(page).first().waitFor();
    assert.match(page.url(), /status=error.*trace=[0-9a-f]{32}/);
    await page.getByRole("link", { name: "Traces" }).last().waitFor();
    await page.goBack();
    await page.locator(".trace-row").first().waitFor();
    assert.match(page.url(), /status=error/);
  });
});

test("a waterfall is walked, closed, opened and zoomed by keys", async () => {
  await onConsole(browser, server, { query: `view=traces&trace=${traceId("ok")}` }, async (page) => {
    await rows(page).first().waitFor();
    await tabTo(page, ".waterfall-rows");
    const whole = await rows(page).count();
    const active = () => page.locator(".waterfall-active .waterfall-text").textContent();
    await page.keyboard.press("End");
    assert.match((await active()) ?? "", /click written/);
    await page.keyboard.press("Home");
    assert.match((await active()) ?? "", /^GET \//);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => document.querySelectorAll(".waterfall-row").length === 1);
    assert.equal(await rows(page).getAttribute("aria-expanded"), "false");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(
      (count) => document.querySelectorAll(".waterfall-row").length === count,
      whole,
    );
    for (let presses = 0; presses < 2; presses++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Chosen span" }).getByText("user_agent.original").waitFor();
    assert.match(page.url(), /span=/);
    await page.keyboard.press("+");
    await page.getByRole("button", { name: "Whole time" }).waitFor();
    await page.keyboard.press("0");
    await page.getByRole("button", { name: "Whole time" }).waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("region", { name: "Chosen span" }).waitFor();
    assert.equal(await page.title(), "Traces · shortener · Trestle");
  });
});

test("what determined the end is listed, and leads to its span", async () => {
  await onConsole(browser, server, { query: `view=traces&trace=${traceId("ok")}` }, async (page) => {
    const card = page.getByRole("region", { name: "What to make faster" });
    const first = card.getByRole("button").first();
    assert.match((await first.textContent()) ?? "", /SELECT links.*48 %/);
    await first.click();
    await page.locator('.waterfall-row[aria-selected="true"]', { hasText: "SELECT links" }).waitFor();
    assert.equal(
      await page.locator(".waterfall-row", { hasText: "count click" }).locator(".bar-path").count(),
      0,
    );
  });
});

test("a span that failed tells how, with its stack, and what it called", async () => {
  await onConsole(browser, server, { query: `view=traces&trace=${traceId("error")}` }, async (page) => {
    await page.locator(".waterfall-row", { hasText: "SELECT links" }).click();
    const panel = page.getByRole("region", { name: "Chosen span" });
    await panel.getByText("at async findLink").waitFor();
    await assertAccessible(page);
    await panel.getByRole("link", { name: "links" }).click();
    await page.getByRole("heading", { level: 1, name: "links" }).waitFor();
  });
});

test("from a dot on a chart to its trace, and from there to its logs", async () => {
  await onConsole(browser, server, { query: "view=part&part=shortener" }, async (page) => {
    await page.getByRole("button", { name: "Latency as a table" }).click();
    await page.locator(".chart", { hasText: "Latency" }).locator(".chart-note a").first().click();
    await rows(page).first().waitFor();
    const line = page.getByRole("region", { name: "Logs of this trace" }).getByRole("listitem").first();
    await line.waitFor();
    const words = (await line.locator(".trace-log-text").textContent()) ?? "";
    await page.getByRole("link", { name: "Open in logs" }).click();
    await page
      .getByRole("treegrid", { name: /Entries/ })
      .getByText(words.slice(0, 40))
      .first()
      .waitFor();
    assert.match(page.url(), /view=logs.*traceId=[0-9a-f]{32}/);
  });
});

test("two thousand spans are scrolled through with few of them in the page", async () => {
  await onConsole(browser, server, { query: `view=traces&trace=${LONG_TRACE}` }, async (page) => {
    await page.getByText("40 spans beyond the bound were not kept").waitFor();
    await page.locator(".waterfall-rows").focus();
    await page.keyboard.press("End");
    await page.locator('.waterfall-active[aria-rowindex="2000"]').waitFor();
    assert.ok((await rows(page).count()) < 80);
    await page.getByRole("button", { name: "1 span failed" }).click();
    await page.locator('.waterfall-row[aria-selected="true"] .bar-bad').waitFor();
    await page.getByRole("button", { name: "Collapse" }).click();
    await page.locator('.waterfall-rows[aria-rowcount="201"]').waitFor();
  });
});

test("a trace that is not kept says so", async () => {
  const mayComplain = /404/;
  await onConsole(
    browser,
    server,
    { query: `view=traces&trace=${"0".repeat(32)}`, mayComplain },
    async (page) => {
      await page.getByText(/No trace 0+ is kept/).waitFor();
    },
  );
});

test("search and waterfall are accessible, and fit, in both themes, wide and narrow", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440]) {
      const options = { colorScheme, viewport: { width, height: 900 } };
      await onConsole(browser, server, { ...options, ...SEARCH }, async (page) => {
        await page.locator(".trace-row").first().waitFor();
        await assertAccessible(page);
        await assertFits(page);
        await page.locator(".trace-row").first().click();
        await rows(page).first().waitFor();
        await assertAccessible(page);
        await rows(page).nth(2).click();
        await page.getByText("user_agent.original").waitFor();
        await assertAccessible(page);
        await assertFits(page);
      });
    }
  }
});
