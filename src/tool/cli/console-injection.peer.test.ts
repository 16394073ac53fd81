// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "../console/testing/console-page.ts";
import { type HostileSystem, hostileSystem, PAYLOADS } from "./testing/hostile-system.ts";

/** How many addresses of the console are looked at. */
const ADDRESSES_MAX = 36;

let hostile: HostileSystem;
let browser: Browser;

before(async () => {
  hostile = await hostileSystem();
  browser = await startBrowser();
  await hostile.said;
});
after(async () => {
  await browser?.close();
  await hostile?.[Symbol.asyncDispose]();
});

test("what services say in lines, names, values and addresses stays text in every view", async () => {
  const watched = await watchedContext();
  const { page } = watched;
  await page.goto(`${hostile.origin}/#key=${hostile.key}`);
  await page.getByRole("banner").getByText("hostile").waitFor();
  const open = ["/?view=map", "/?view=logs", "/?view=traces", "/?view=runs", ...hostileAddresses()];
  const seen = new Set<string>();
  const texts: string[] = [];
  for (
    let address = open.shift();
    address !== undefined && seen.size < ADDRESSES_MAX;
    address = open.shift()
  ) {
    if (seen.has(address)) continue;
    seen.add(address);
    await page.goto(hostile.origin + address);
    await settle(page);
    await openAll(page);
    texts.push(await page.evaluate(() => document.body.textContent ?? ""));
    assert.deepEqual(await foreignThings(page, hostile), [], address);
    open.push(...(await linksOf(page)));
  }
  assert.ok(seen.size > 12, `${seen.size} addresses were looked at`);
  const shown = texts.join("\n");
  for (const payload of PAYLOADS.slice(0, 9)) assert.ok(shown.includes(payload), `${payload} was shown`);
  await palette(page);
  await assertHarmless(watched);
});

test("whatever became markup would be noticed", async () => {
  const { context, page, events } = await watchedContext();
  await page.goto(`${hostile.origin}/#key=${hostile.key}`);
  await page.getByRole("banner").getByText("hostile").waitFor();
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "http://evil.example/x.png";
    document.body.append(image);
  });
  assert.equal((await foreignThings(page, hostile)).length, 1);
  const asMarkup = page.evaluate(() => {
    document.body.innerHTML = "<img src=x onerror=owned()>";
  });
  await assert.rejects(asMarkup, /requires 'TrustedHTML'/);
  await page.waitForTimeout(100);
  assert.match(events.join("\n"), /require-trusted-types-for/);
  assert.match(events.join("\n"), /img-src http:\/\/evil\.example/);
  assert.ok(!events.includes("a script of theirs ran"), "and the policy keeps it from running all the same");
  await context.close();
});

/** A browser that writes down whatever runs, breaks the page's policy or leaves for another server. */
async function watchedContext() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const events: string[] = [];
  await context.exposeFunction("owned", () => events.push("a script of theirs ran"));
  await context.exposeFunction("violated", (what: string) => events.push(`against the policy: ${what}`));
  await context.addInitScript(() => {
    const { violated } = globalThis as unknown as { violated(what: string): void };
    addEventListener("securitypolicyviolation", (event) =>
      violated(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  const requests: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  context.on("request", (request) => requests.push({ url: request.url(), headers: request.headers() }));
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    events.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => events.push(`error ${error.stack ?? error}`));
  page.on("popup", (popup) => events.push(`popup ${popup.url()}`));
  page.on("download", (download) => events.push(`download ${download.url()}`));
  return { context, page, events, requests };
}

async function assertHarmless(watched: {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly events: readonly string[];
  readonly requests: readonly { readonly url: string; readonly headers: Record<string, string> }[];
}): Promise<void> {
  const { context, page, events, requests } = watched;
  assert.deepEqual(events, []);
  assert.ok(requests.length > 50);
  for (const { url, headers } of requests) {
    assert.ok(url.startsWith(`${hostile.origin}/`) || url.startsWith("data:image/"), url);
    assert.ok(!url.replace(/#.*$/, "").includes(hostile.key), "the key is in no request's address");
    assert.equal(headers.referer ?? "", "", url);
  }
  const entries = await page.evaluate(() => {
    const { navigation } = globalThis as unknown as { navigation: { entries(): { url: string }[] } };
    return navigation.entries().map(({ url }) => url);
  });
  assert.ok(!entries.join().includes(hostile.key) && !page.url().includes("key="), entries.join());
  assert.equal((await context.cookies()).length, 0);
  await context.close();
}

/** Links that somebody may send: names and texts in the address, and paths where names belong. */
function hostileAddresses(): string[] {
  const [image, script, , , , , , , , template, deceit, proto] = PAYLOADS.map(encodeURIComponent);
  return [
    `/?view=part&part=${image}&run=${script}&range=${image}`,
    `/?view=traces&trace=${script}`,
    `/?view=traces&text=${image}&part=${deceit}`,
    `/?view=logs&part=${proto}&text=${image}&level=${script}&replica=${template}`,
    `/?view=runs&run=..%2f..%2fdown&part=${script}`,
    `/?view=map&link=${image}%3E${script}`,
    "/?view=part&part=..%2f..%2fdown",
    "/?view=__proto__",
    "/?view=constructor",
    `/?view=${script}`,
  ];
}

async function settle(page: Page): Promise<void> {
  await page.getByRole("banner").waitFor();
  await page.waitForFunction(() => document.querySelector("main")?.textContent !== "");
  await page.waitForLoadState("load");
  await page.waitForTimeout(100);
}

/** Opens whatever can be opened within the view without doing anything to the system. */
async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shut = document.querySelectorAll<HTMLElement>(
      'main [aria-expanded="false"]:not([aria-haspopup]), main details:not([open]) > summary',
    );
    for (const one of [...shut].slice(0, 12)) one.click();
    for (const one of document.querySelectorAll("main a, main svg *, main [title], main canvas")) {
      one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      one.dispatchEvent(new PointerEvent("pointerenter", { bubbles: true }));
    }
  });
  await page.waitForTimeout(100);
}

async function linksOf(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const links = [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].map(
      ({ href }) => new URL(href),
    );
    return links
      .filter(({ origin, pathname }) => origin === location.origin && pathname === "/")
      .map(({ search }) => `/${search}`);
  });
}

/** Whatever is in the page that its makers did not put there. */
async function foreignThings(page: Page, { front }: HostileSystem): Promise<string[]> {
  return await page.evaluate((edge) => {
    const elements = [...document.querySelectorAll("*")];
    const wrong = elements.filter((element) => {
      const name = element.localName;
      if (["iframe", "object", "embed", "base", "form", "foreignObject"].includes(name) && name !== "form")
        return true;
      if (element.getAttributeNames().some((attribute) => attribute.startsWith("on"))) return true;
      const style = element.getAttribute("style") ?? "";
      if (/url\(|expression|import/i.test(style)) return true;
      return ["href", "src", "action", "formaction", "xlink:href", "srcdoc", "data"].some((attribute) => {
        const value = element.getAttribute(attribute);
        if (value === null) return false;
        const { origin, protocol } = new URL(value, location.href);
        return !(origin === location.origin || origin === edge || protocol === "blob:");
      });
    });
    return wrong.map((element) => element.outerHTML.slice(0, 300));
  }, front);
}

/** Types the texts into the palette, which searches in all names. */
async function palette(page: Page): Promise<void> {
  await page.goto(`${hostile.origin}/?view=map`);
  await page.getByRole("banner").getByText("hostile").waitFor();
  await page.keyboard.press("Control+k");
  for (const payload of PAYLOADS) {
    await page.getByRole("combobox").fill(payload);
    await page.waitForTimeout(20);
    assert.deepEqual(await foreignThings(page, hostile), []);
  }
}
