// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
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

test("the key is taken out of the address at once, kept, and never asked for again", async () => {
  await onConsole(browser, server, { query: "view=part" }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    assert.equal(page.url(), `${server.origin}/?view=part`);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    assert.equal(await page.evaluate(() => document.cookie), "");
  });
});

test("without a key, and with a wrong one, the page tells nothing and says how to come in", async () => {
  const options = { mayComplain: /401/ };
  await onConsole(browser, { origin: server.origin, key: "" }, options, async (page) => {
    await page.getByRole("heading", { name: "This console needs its key" }).waitFor();
    await page.getByText("trestle console").waitFor();
    await assertAccessible(page);
  });
  await onConsole(browser, { origin: server.origin, key: "wrong" }, options, async (page) => {
    await page.getByRole("heading", { name: "The key to this console has changed" }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.length), 0, "what was refused is forgotten");
    await page.evaluate((key) => {
      location.hash = `key=${key}`;
    }, server.key);
    await page.getByRole("banner").getByText("shortener").waitFor();
  });
});

test("the whole view is in the address: a reload and another window show the same, back and forward work", async () => {
  await onConsole(browser, server, { query: "view=part&part=hot&range=5m" }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "hot" }).waitFor();
    await page.getByRole("button", { name: /^Time range: 5m/ }).click();
    await page.getByRole("button", { name: "last hour", exact: true }).click();
    await page.getByRole("link", { name: "shortener" }).last().click();
    await page.getByRole("heading", { level: 1, name: "shortener" }).waitFor();
    assert.equal(new URL(page.url()).search, "?view=part&range=1h&part=shortener");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "hot" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: /^Time range: 5m/ }).waitFor();
    await page.goForward();
    await page.getByRole("button", { name: /^Time range: 1h/ }).waitFor();
  });
});

test("the palette finds parts, views and actions from the keyboard, and gives the focus back", async () => {
  await onConsole(browser, server, { query: "view=part" }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await assertAccessible(page);
    await page.keyboard.type("front");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "front" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("theme dark");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("5eed5eed5eed5eed00000000000000aa");
    await page.getByRole("option", { name: /open this trace/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox").waitFor({ state: "detached" });
  });
});

test("keys alone open views, the list of keys, ranges and themes, and leave fields alone", async () => {
  await onConsole(browser, server, { query: "view=map" }, async (page) => {
    await page.getByRole("banner").getByText("shortener").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "view", "the view has the focus");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("4");
    await page.getByRole("button", { name: /^Time range: 1h/ }).waitFor();
    await page.keyboard.press("/");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.type("t 1 ?");
    assert.equal(await page.getByRole("combobox").inputValue(), "t 1 ?");
  });
});

test("a pause makes all figures stand still, and going on shows the newest", async () => {
  await onConsole(browser, server, { query: "view=part&part=shortener" }, async (page) => {
    const rate = page.locator(".part-strip dd").first();
    await page.waitForFunction(() => /\d/.test(document.querySelector(".part-strip dd")?.textContent ?? ""));
    await page.keyboard.press("Space");
    await page.getByText("Paused: what is shown stands still").waitFor();
    const before = await page.locator(".part-strip").textContent();
    await page.waitForTimeout(2_300);
    assert.equal(await page.locator(".part-strip").textContent(), before);
    assert.match(page.url(), /pause=\d+/);
    await page.getByRole("button", { name: "Go on" }).last().click();
    await page.waitForFunction((was) => {
      const strip = document.querySelector(".part-strip");
      return strip !== null && strip.textContent !== was;
    }, before);
    await rate.waitFor();
  });
});

test("a supervisor that goes away is told of, and the page goes on by itself when it is back", async () => {
  await onConsole(browser, server, { query: "view=part", mayComplain: /ERR_|network/i }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    await page.route("**/v1/live*", (route) => route.abort());
    server.cut();
    await page.getByText("The supervisor does not answer").waitFor();
    await page.unroute("**/v1/live*");
    await page.getByText("The supervisor does not answer").waitFor({ state: "detached", timeout: 20_000 });
  });
});

test("everything in the header can be reached by Tab, and the first stop skips to the view", async () => {
  await onConsole(browser, server, { query: "view=part" }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "view");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    await tabTo(page, ".head .menu button");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Time range: 5m/ }).waitFor();
  });
});

test("the theme follows the system until it is chosen, and is kept", async () => {
  const ground = () => getComputedStyle(document.documentElement).backgroundColor;
  await onConsole(browser, server, { query: "view=part", colorScheme: "dark" }, async (page) => {
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    const dark = await page.evaluate(ground);
    await page.getByRole("button", { name: "Theme" }).click();
    await page.getByRole("button", { name: "Light" }).click();
    assert.notEqual(await page.evaluate(ground), dark);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
    assert.notEqual(await page.evaluate(ground), dark);
  });
});

test("the shell has no fault that axe finds and fits, in both themes, on a phone and on a wide screen", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440, 2560]) {
      const viewport = { width, height: 812 };
      await onConsole(browser, server, { query: "view=part", colorScheme, viewport }, async (page) => {
        await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
        await page.getByRole("cell", { name: /cores/ }).first().waitFor();
        await assertFits(page);
        await assertAccessible(page);
      });
    }
  }
});
