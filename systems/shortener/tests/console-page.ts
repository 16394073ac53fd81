// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { RunningShortener } from "./running-shortener.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How the shortener's supervisor is reached. */
export interface Control {
  readonly origin: string;
  readonly token: string;
}

/** Where the console of the present run is, as `trestle console` says. */
export async function controlOf({ folder }: RunningShortener): Promise<Control> {
  const text = await readFile(join(folder, ".trestle", "shortener", "control.json"), "utf8");
  const { port, token } = JSON.parse(text) as { port: number; token: string };
  return { origin: `http://127.0.0.1:${port}`, token };
}

/** Asks the control API, as a script would. */
export async function ask<T>({ origin, token }: Control, path: string): Promise<T> {
  const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

/** Opens the console at a query, and afterwards finds that it complained of nothing, its policy included. */
export async function onConsole(
  browser: Browser,
  { origin, token }: Control,
  query: string,
  visit: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${origin}/?${query}#key=${token}`);
  await visit(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** Finds that axe-core has nothing to say against what is shown, and that nothing hangs over the side. */
export async function assertFit(page: Page, what: string): Promise<void> {
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
  assert.deepEqual(violations, [], what);
  const [inside, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.equal(inside, room, `${what} hangs over the side`);
}
