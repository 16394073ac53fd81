// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { LogEntry } from "../control-api/index.ts";
import { assertAccessible, assertFits, onConsole, startBrowser, tabTo } from "./testing/console-page.ts";
import { type FixtureServer, startFixtureServer } from "./testing/fixture-server.ts";

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

const LOGS = { query: "view=logs" };
let lastId = 9e12;

/** Has the system write entries now. */
function write(...texts: string[]): void {
  const entries = texts.map((text): LogEntry => {
    const id = ++lastId;
    return {
      id,
      timeMs: Date.now(),
      part: "shortener",
      replica: "shortener.1",
      source: "stdout",
      level: "info",
      text,
    };
  });
  server.send({ type: "entries", entries, leftOut: 0 });
}

/** The list is there, and entries come. */
async function isThere(page: Page): Promise<void> {
  await page.locator(".log-row").first().waitFor();
  await page.getByRole("button", { name: "Following" }).waitFor();
  // Until the stream that has entries is open, what is written goes by.
  for (const beganMs = Date.now(); streamsAsked() <= streamsSeen; await page.evaluate(() => 0)) {
    assert.ok(Date.now() - beganMs < 10_000, "the stream of entries was asked for");
  }
  streamsSeen = streamsAsked();
}

let streamsSeen = 0;

function streamsAsked(): number {
  return server.asked.filter((one) => one === "GET /v1/live?logs=true").length;
}

function list(page: Page) {
  return page.getByRole("treegrid", { name: /Entries/ });
}

test("entries appear as they come, at the end, while the list follows", async () => {
  await onConsole(browser, server, LOGS, async (page) => {
    await isThere(page);
    write("the newest of all");
    await list(page).getByText("the newest of all").waitFor();
    const isAtEnd = () => {
      const frame = document.querySelector(".log-list");
      return frame ? frame.scrollHeight - frame.scrollTop - frame.clientHeight < 8 : false;
    };
    assert.ok(await page.evaluate(isAtEnd));
  });
});

test("scrolled up it stands still, counts what comes, and shows it when asked to", async () => {
  await onConsole(browser, server, LOGS, async (page) => {
    await isThere(page);
    await list(page).hover();
    await page.mouse.wheel(0, -2_000);
    await page.getByRole("button", { name: "Follow", exact: true }).waitFor();
    const first = await page.locator(".log-row").nth(12).getAttribute("id");
    const top = () =>
      page.evaluate((id) => document.getElementById(id ?? "")?.getBoundingClientRect().top, first);
    const before = await top();
    write("came meanwhile 1", "came meanwhile 2");
    const waiting = page.getByRole("button", { name: /came meanwhile/ });
    await waiting.waitFor();
    assert.equal(await top(), before);
    await waiting.click();
    await list(page).getByText("came meanwhile 2").waitFor();
    await page.getByRole("button", { name: "Following" }).waitFor();
  });
});

test("older entries are loaded on the way up, and what is read stays in its place", async () => {
  await onConsole(browser, server, { query: "view=logs&range=1h" }, async (page) => {
    await isThere(page);
    const count = async () =>
      Number((await page.locator(".logs-counts strong").textContent())?.replace(",", ""));
    const before = await count();
    await list(page).focus();
    await page.keyboard.press("Home");
    const first = await page.locator(".log-active").getAttribute("id");
    await page.waitForFunction(
      (shown) => Number(document.querySelector(".logs-counts strong")?.textContent?.replace(",", "")) > shown,
      before,
    );
    await page.waitForFunction((id) => document.getElementById(id ?? "") !== null, first);
    const place = await page.evaluate((id) => {
      const frame = document.querySelector(".log-list")?.getBoundingClientRect();
      return (document.getElementById(id ?? "")?.getBoundingClientRect().top ?? 0) - (frame?.top ?? 0);
    }, first);
    assert.ok(Math.abs(place) < 30, `it is ${place} px from the upper edge`);
  });
});

test("filters are in the address, survive a reload, and hold for what comes live", async () => {
  await onConsole(browser, server, LOGS, async (page) => {
    await isThere(page);
    await page.getByRole("button", { name: /^Parts/ }).click();
    await page.getByRole("checkbox", { name: "shortener" }).check();
    await page.keyboard.press("Escape");
    await page.getByLabel("Level").selectOption("info");
    await page.getByRole("searchbox").fill('"redirected" -code:chacha');
    await page.waitForURL(/part=shortener&level=info&text=/);
    await page.reload();
    await isThere(page);
    assert.equal(await page.getByRole("searchbox").inputValue(), '"redirected" -code:chacha');
    const asked = server.asked.filter((one) => one.startsWith("GET /v1/logs/search")).at(-1) ?? "";
    assert.match(asked, /part=shortener&level=info&text=%22redirected%22\+-code%3Achacha/);
    write("is not looked for", "REDIRECTED too");
    await list(page).getByText("REDIRECTED too").waitFor();
    assert.equal(await list(page).getByText("is not looked for").count(), 0);
    assert.equal(await list(page).locator("mark").last().textContent(), "REDIRECTED");
  });
});

test("an entry is opened by keys; its fields narrow the search, its trace is a link", async () => {
  await onConsole(browser, server, { query: "view=logs&text=redirected" }, async (page) => {
    await isThere(page);
    await tabTo(page, ".log-list");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    const opened = page.locator(".log-opened");
    await opened.getByText("code", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Follow", exact: true }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await opened.waitFor({ state: "detached" });
    await page.keyboard.press("ArrowRight");
    await opened.getByRole("button", { name: "Only entries with this code" }).click();
    await page.waitForURL(/text=redirected\+code%3A(chacha|conf26)/);
    await page.locator(".log-row").last().click();
    await opened.getByRole("button", { name: "Without entries with this code" }).click();
    await page.waitForURL(/text=redirected\+-code%3A/);
  });
  await onConsole(browser, server, { query: "view=logs" }, async (page) => {
    await isThere(page);
    const link = page.getByRole("link", { name: /^Trace \w{8}/ });
    await list(page).focus();
    for (let presses = 0; presses < 8 && (await link.count()) === 0; presses++) {
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      await page.locator('.log-active[aria-expanded="true"]').waitFor();
    }
    await link.first().click();
    await page.locator(".waterfall-row").first().waitFor();
  });
});

test("hostile text is text: nothing runs, nothing hides, nothing turns round", async () => {
  await onConsole(browser, server, LOGS, async (page) => {
    await isThere(page);
    write(
      '<script>document.title="taken"</script><img src=x onerror="document.title=1">',
      "invoice\u202egnp.exe\u0000\u0007\u001b[2J",
      "x".repeat(400_000),
    );
    const shown = list(page);
    await shown.getByText('<script>document.title="taken"</script>').waitFor();
    await shown.getByText("\\u202E").last().waitFor();
    await shown.getByText("\\e").last().waitFor();
    await shown.getByText("characters more").last().waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.equal(await page.title(), "Logs · shortener · Trestle");
    assert.ok(!(await shown.textContent())?.includes("\u202e"));
    await page.locator(".log-row", { hasText: "xxxx" }).last().click();
    await page
      .locator(".log-opened")
      .getByText(/384,000 characters more/)
      .waitFor();
    await assertFits(page);
  });
});

test("a flood is kept within bounds, and drawn as a few lines", async () => {
  await onConsole(browser, server, LOGS, async (page) => {
    await isThere(page);
    for (let bundle = 0; bundle < 60; bundle++) {
      write(...Array.from({ length: 200 }, (_, at) => `flood ${bundle * 200 + at}`));
    }
    server.send({ type: "entries", entries: [], leftOut: 1_234 });
    await list(page).getByText("flood 11999").waitFor();
    await page.getByText("1,234 came too fast to be sent").waitFor();
    assert.equal(await page.locator(".logs-counts strong").textContent(), "5,000");
    assert.ok((await page.locator(".log-row").count()) < 120);
  });
});

test("what is shown is downloaded as JSON lines, and times are shown in UTC", async () => {
  await onConsole(browser, server, { ...LOGS, timezoneId: "Asia/Tokyo" }, async (page) => {
    await isThere(page);
    const text = () => page.locator(".log-time").first().textContent();
    const local = Number((await text())?.slice(0, 2));
    await page.getByRole("button", { name: "Show times in UTC" }).click();
    await page.waitForURL(/utc=1/);
    assert.equal((Number((await text())?.slice(0, 2)) + 9) % 24, local);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /Download/ }).click(),
    ]);
    let lines = "";
    for await (const piece of await file.createReadStream()) lines += piece;
    const [first] = lines.split("\n");
    assert.equal(typeof JSON.parse(first ?? "").timeMs, "number");
    assert.match(file.suggestedFilename(), /^logs-.*\.jsonl$/);
  });
});

test("logs are accessible, and fit, in both themes, wide and narrow", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440]) {
      const options = { colorScheme, viewport: { width, height: 900 } };
      await onConsole(browser, server, { ...options, ...LOGS }, async (page) => {
        await isThere(page);
        await assertAccessible(page);
        await page.locator(".log-row").nth(20).click();
        await page.locator(".log-opened").waitFor();
        await assertAccessible(page);
        await assertFits(page);
      });
    }
  }
});
