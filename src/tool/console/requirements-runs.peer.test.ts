// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import type { RunInfo } from "../control-api/index.ts";
import { assertAccessible, assertFits, onConsole, startBrowser, tabTo } from "./testing/console-page.ts";
import { type FixtureServer, startFixtureServer } from "./testing/fixture-server.ts";

const HOSTILE = `<img src=x onerror="document.title='broken in'">`;

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

test("each requirement says what is required and measured, what is left of its budget, and how it went over time", async () => {
  await onConsole(browser, server, { query: "view=requirements" }, async (page) => {
    const availability = page.getByRole("article", { name: "availability" });
    await availability.getByText("at least 99.99 %").waitFor();
    await availability.getByText("6× the budget is spent").waitFor();
    const strip = availability.getByRole("img", { name: /^availability over time: met for .*, not met for/ });
    assert.equal(await strip.locator(".strip-window").count(), 60);
    assert.match(
      (await page.locator("article").first().getAttribute("class")) ?? "",
      /not-met/,
      "what is broken is first",
    );
    await availability.locator("summary").click();
    await availability.getByText(/not met, at worst/).waitFor();
    const traces = page
      .getByRole("article", { name: "p99 latency" })
      .getByRole("link", { name: "Traces that took longer" });
    assert.match((await traces.getAttribute("href")) ?? "", /view=traces&minMs=200&sort=duration/);
    await assertAccessible(page);
    await assertFits(page);
  });
});

test("requirements are read on a phone's screen, in the dark, and their charts by keys", async () => {
  const options = {
    viewport: { width: 375, height: 812 },
    colorScheme: "dark",
    query: "view=requirements",
  } as const;
  await onConsole(browser, server, options, async (page) => {
    const chart = page.getByRole("slider", { name: "p99 latency, by window" });
    await chart.focus();
    await page.keyboard.press("Home");
    assert.match((await chart.getAttribute("aria-valuetext")) ?? "", /p99 latency \d+/);
    await assertAccessible(page);
    await assertFits(page);
  });
});

test("two runs are chosen by keys, laid over each other, and told apart in a table; the address holds them", async () => {
  await onConsole(browser, server, { query: "view=runs" }, async (page) => {
    await page.getByRole("checkbox", { name: "Compare with the index" }).waitFor();
    await tabTo(page, ".runs-choose input");
    await page.keyboard.press("Space");
    await page.getByText("Choose a second one").waitFor();
    await page.getByRole("slider", { name: "Requests", exact: true }).waitFor();
    await tabTo(page, "tr:nth-child(2) .runs-choose input");
    await page.keyboard.press("Space");
    const differences = page.getByRole("region", { name: "Differences" });
    await differences.getByRole("row", { name: /^front p99/ }).waitFor();
    await page.getByLabel("Part", { exact: true }).selectOption("hot");
    await page.getByRole("slider", { name: "CPU" }).waitFor();
    await assertAccessible(page);
    await assertFits(page);
    const { searchParams } = new URL(page.url());
    assert.ok(searchParams.get("a") && searchParams.get("b"));
    await page.reload();
    await differences.getByRole("row", { name: /^front p99/ }).waitFor();
  });
});

test("a stored run turns all charts to it and its time, until one goes back to the present", async () => {
  await onConsole(browser, server, { query: "view=runs" }, async (page) => {
    await page.getByRole("button", { name: "Show with the index in all charts" }).click();
    await page.getByText("Charts are of the earlier run").waitFor();
    const { searchParams } = new URL(page.url());
    assert.ok(searchParams.get("run") && searchParams.get("from") && searchParams.get("to"));
    await page.getByRole("button", { name: "Back to the present" }).click();
    assert.equal(new URL(page.url()).searchParams.get("run"), null);
  });
});

test("a run's label and verdicts are shown as the text they are, on a phone's screen too", async () => {
  const options = { viewport: { width: 375, height: 812 }, query: "view=map" } as const;
  await onConsole(browser, server, options, async (page) => {
    await page.route("**/v1/runs", async (route) => {
      const { data } = (await (await route.fetch()).json()) as { data: RunInfo[] };
      await route.fulfill({
        json: { data: data.map((run) => ({ ...run, label: HOSTILE, verdicts: [HOSTILE] })) },
      });
    });
    await page.goto(`${server.origin}/?view=runs`);
    await page.getByText(HOSTILE).first().waitFor();
    assert.match(await page.title(), /^Runs/);
    assert.equal(await page.locator("img").count(), 0);
    await assertAccessible(page);
    await assertFits(page);
  });
});
