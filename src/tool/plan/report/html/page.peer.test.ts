// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { planPage } from "./index.ts";
import { demoModel, demoSweeps, wholeAnswer } from "./testing/whole-page.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Would run if anything took it for HTML, has no place to break, and turns the letters behind it. */
const HOSTILE = `<img src=x onerror="document.title='broken in'">\u202e${"x".repeat(300)}`;

let browser: Browser;
let folder: string;
const pages = {
  whole: planPage(wholeAnswer, { model: demoModel, sweeps: demoSweeps }),
  hostile: hostilePage(),
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "trestle-plan-page-"));
  for (const [name, html] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), html);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page whose every sentence, title and name of a figure is hostile. */
function hostilePage(): string {
  const { requirements, figures, findings = [], classes } = wholeAnswer;
  return planPage(
    {
      ...wholeAnswer,
      requirements: requirements.map((one) => ({ ...one, title: HOSTILE, sentence: HOSTILE })),
      figures: figures.map((one, at) => ({ ...one, id: `${HOSTILE}${at}`, title: HOSTILE })),
      findings: findings.map((one) => ({ ...one, title: HOSTILE, place: HOSTILE, reason: HOSTILE })),
      classes: classes.map((one) => ({ ...one, name: HOSTILE + one.name })),
      assumptions: [HOSTILE],
    },
    {
      model: demoModel,
      sweeps: demoSweeps.map((one) => ({ ...one, path: HOSTILE + one.path })),
      file: HOSTILE,
    },
  );
}

interface Seen {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** Opens a page, and afterwards finds that it asked for nothing and complained of nothing. */
async function onPage(
  name: keyof typeof pages,
  { width, scheme }: Seen,
  visit: (page: Page) => Promise<void>,
) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  const noticed: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== address) noticed.push(request.url());
  });
  page.on("pageerror", (error) => noticed.push(String(error)));
  page.on("console", (message) => noticed.push(message.text()));
  await page.goto(address);
  await visit(page);
  assert.deepEqual(noticed, []);
  await context.close();
}

async function violationsOf(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await engine.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => ({
      id,
      at: nodes.slice(0, 5).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
  });
}

function widthsOf(page: Page): Promise<readonly [number, number]> {
  return page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
}

for (const width of [1280, 375]) {
  for (const scheme of ["light", "dark"] as const) {
    test(`at ${width} pixels and ${scheme}, a plan's page fits, asks for nothing, and axe-core has nothing to say`, async () => {
      for (const name of ["whole", "hostile"] as const) {
        await onPage(name, { width, scheme }, async (page) => {
          const [content, window] = await widthsOf(page);
          assert.equal(content, window, "nothing hangs over the side");
          assert.deepEqual(await violationsOf(page), []);
          assert.notEqual(await page.title(), "broken in");
          assert.equal(await page.locator("img, script").count(), 0);
        });
      }
    });
  }
}

test("each width has drawings of its own, whose letters can be read", async () => {
  for (const width of [1280, 375]) {
    await onPage("whole", { width, scheme: "light" }, async (page) => {
      const heights = await page.evaluate(() =>
        [...document.querySelectorAll("svg text")]
          .map((text) => text.getBoundingClientRect().height)
          .filter((height) => height > 0),
      );
      assert.ok(heights.length > 20);
      assert.ok(Math.min(...heights) >= 10, `letters are ${Math.min(...heights)} pixels high at ${width}`);
    });
  }
});

test("Tab comes to what scrolls, arrow keys scroll it, and links lead to their figures", async () => {
  await onPage("whole", { width: 375, scheme: "light" }, async (page) => {
    const region = page.getByRole("region", { name: "Table of the parts" });
    await region.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => (document.activeElement?.scrollLeft ?? 0) > 0);
    await page.getByRole("link", { name: "average request rate" }).first().click();
    const target = page.locator(".figure:target");
    assert.match((await target.textContent()) ?? "", /^average request rate/);
  });
});

test("on paper it is light, without links to sections, and nothing of a table is cut off", async () => {
  await onPage("whole", { width: 718, scheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("nav").isVisible(), false);
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    assert.equal(ink, "rgb(31, 35, 40)");
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll(".scroll")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.getAttribute("aria-label")),
    );
    assert.deepEqual(cut, []);
  });
});
