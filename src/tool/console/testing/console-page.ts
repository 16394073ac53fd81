// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { FixtureServer } from "./fixture-server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts the system's Chromium. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

/** Opens the console at a query, and afterwards finds that it complained of nothing, policy included. */
export async function onConsole(
  browser: Browser,
  server: Pick<FixtureServer, "origin" | "key">,
  options: BrowserContextOptions & { readonly query?: string; readonly mayComplain?: RegExp },
  visit: (page: Page) => Promise<void>,
): Promise<void> {
  const { query = "", mayComplain, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...rest });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !mayComplain?.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${server.origin}/?${query}#key=${server.key}`);
  await visit(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** Finds that axe-core has nothing to say against what is shown (WCAG 2.2 A and AA, and its best practices). */
export async function assertAccessible(page: Page): Promise<void> {
  // Nothing may be half faded in: its contrast would be measured so.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)));
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: typeof axe };
    const results = await engine.run(document, { resultTypes: ["violations"] });
    return results.violations.map(({ id, nodes }) => ({
      id,
      at: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`).slice(0, 5),
    }));
  });
  assert.deepEqual(violations, []);
}

/** Finds that nothing hangs over the side. */
export async function assertFits(page: Page): Promise<void> {
  const width = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.equal(width[0], width[1], "nothing hangs over the side");
}

/** Presses Tab until what the selector names has the focus. */
export async function tabTo(page: Page, selector: string, pressesMax = 80): Promise<void> {
  for (let presses = 0; presses < pressesMax; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never came to ${selector}`);
}
