// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, assertFits, onConsole, startBrowser, tabTo } from "./testing/console-page.ts";
import { type FixtureServer, startFixtureServer } from "./testing/fixture-server.ts";

let server: FixtureServer;
let big: FixtureServer;
let browser: Browser;

before(async () => {
  server = await startFixtureServer();
  big = await startFixtureServer({ shape: "large" });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await big?.[Symbol.asyncDispose]();
});

const PART = { query: "view=part&part=shortener" };

/** The first charts have lines, and the sides have come. */
async function isThere(page: Page): Promise<void> {
  await page.locator(".chart", { hasText: "Latency" }).locator(".legend-item", { hasText: "p99" }).waitFor();
  await page.locator(".latest a").first().waitFor();
}

test("a part is shown whole: figures, charts, replicas, neighbours, traces, logs and settings", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await isThere(page);
    for (const title of ["Requests", "Errors", "Latency", "CPU", "Memory"]) {
      await page.getByRole("slider", { name: title, exact: true }).waitFor();
    }
    await page.getByRole("region", { name: "Replicas" }).getByText("shortener.2").waitFor();
    await page.locator(".neighbours").getByText("links").waitFor();
    await page.getByText("--max-semi-space-size=4").waitFor();
    await page.getByRole("link", { name: "All logs" }).click();
    assert.match(page.url(), /view=logs.*part=shortener/);
  });
});

test("what others wrote is shown as it is, and never run", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await isThere(page);
    assert.equal(await page.locator(".latest img").count(), 0);
    assert.match(await page.title(), /^Parts · shortener · Trestle$/);
  });
});

test("a part that is not ready says what it waits for, with links there", async () => {
  await onConsole(browser, big, { query: "view=part&part=domain-9" }, async (page) => {
    const why = page.getByRole("region", { name: "Why it is not ready" });
    await why.getByRole("link", { name: "store-2" }).click();
    await page.getByRole("heading", { level: 1, name: "store-2" }).waitFor();
  });
  await onConsole(browser, big, { query: "view=part&part=api-7" }, async (page) => {
    await page.getByText("keeps failing: it exited with code 1").first().waitFor();
  });
  await onConsole(browser, big, { query: "view=part&part=nobody" }, async (page) => {
    await page.getByText("No part has the name nobody").waitFor();
  });
});

test("an action asks for its fields, is carried out, and what came of it is told", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await page.getByRole("button", { name: "Scale" }).click();
    const dialog = page.getByRole("dialog", { name: "Scale: shortener" });
    await dialog.getByLabel("Replicas").fill("3");
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Scale" }).click();
    await page.getByText("shortener runs 3 replicas now").waitFor();
    await dialog.waitFor({ state: "detached" });
    assert.ok(server.asked.includes("POST /v1/parts/shortener/actions/scale"));
  });
});

test("an action that loses something is asked about first, and a replica has its own", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await page.getByRole("button", { name: "Actions on shortener.2" }).click();
    await page.getByRole("button", { name: "Stop replica" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Requests that it is answering may be cut off.").waitFor();
    assert.equal(await dialog.getByLabel("Replica").inputValue(), "shortener.2");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.ok(!server.asked.some((one) => one.includes("stop-replica")), "nothing was done");
    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await page.getByText("restart of shortener was done").waitFor();
  });
});

test("what the supervisor refuses is told in its words", async () => {
  await onConsole(browser, server, { ...PART, mayComplain: /409/ }, async (page) => {
    await page.route("**/actions/restart", (route) =>
      route.fulfill({
        status: 409,
        json: { error: { code: "BUSY", message: "shortener is being restarted already" } },
      }),
    );
    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await page.getByText("shortener is being restarted already").waitFor();
  });
});

test("a chart is read by keys and by ear, becomes a table, and zooms", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await isThere(page);
    await tabTo(page, ".chart-reader[aria-label=Latency]", 120);
    const chart = page.getByRole("slider", { name: "Latency", exact: true });
    await page.keyboard.press("Home");
    const first = await chart.getAttribute("aria-valuetext");
    assert.match(first ?? "", /^\d\d:\d\d:\d\d, p50 [\d.]+ [mµ]s, p90 [\d.]+ [mµ]s, p99 [\d.]+ [mµ]s$/);
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await chart.getAttribute("aria-valuetext"), first);
    await page.keyboard.press("+");
    await page.waitForURL(/from=\d+&to=\d+/);
    await page.getByRole("button", { name: "Latency as a table" }).click();
    const table = page.getByRole("region", { name: "Latency, the newest first" });
    await table.getByRole("columnheader", { name: "p99" }).waitFor();
    await assertAccessible(page);
  });
});

test("dragging over a chart shows that stretch in all of them, and a dot leads to its trace", async () => {
  await onConsole(browser, server, PART, async (page) => {
    await isThere(page);
    const over = page.getByRole("slider", { name: "CPU", exact: true }).locator(".u-over");
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 50, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has("from"));
    await page.getByRole("button", { name: "Latency as a table" }).click();
    await page.locator(".chart-table a").first().click();
    await page.waitForURL(/view=traces.*trace=[0-9a-f]{32}/);
  });
});

test("the part's view has no fault that axe finds and fits, in both themes, on a phone and on a wide screen", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440]) {
      const viewport = { width, height: 900 };
      await onConsole(browser, server, { ...PART, colorScheme, viewport }, async (page) => {
        await isThere(page);
        await assertFits(page);
        await assertAccessible(page);
      });
    }
  }
});
