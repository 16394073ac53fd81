// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { RunningShortener } from "./tests/running-shortener.ts";

/** Set to write `docs/images/shortener.png` and its dark sibling from this run. */
const WRITE_PICTURES = process.env.WRITE_PICTURES === "1";
const PICTURES = new URL("../../docs/images/", import.meta.url);
/** The installation under a name of its own, as people would have it; the browser is told where that is. */
const NAMED = "http://go.example/";

/** What the picture shows. */
const SHOWN = [
  { title: "How ChaCha20 works", url: "https://www.rfc-editor.org/rfc/rfc8439", code: "chacha", clicks: 4 },
  {
    title: "Conference program",
    url: "https://example.com/2026/program?day=2#afternoon",
    code: "conf26",
    clicks: 31,
  },
  {
    title: "Spring sale",
    url: "https://example.com/spring?utm_source=letter",
    code: "spring-sale",
    clicks: 12,
  },
];

let shortener: RunningShortener;
let browser: Browser;

before(async () => {
  shortener = await RunningShortener.start();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      `--host-resolver-rules=MAP go.example:80 127.0.0.1:${shortener.port}`,
    ],
  });
});
after(async () => {
  await browser?.close();
  await shortener?.[Symbol.asyncDispose]();
});

/** Opens the page, and afterwards finds that it complained of nothing. */
async function onPage(options: BrowserContextOptions, visit: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // A refused request is told at its field; that the browser tells it too is no complaint of the page.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(shortener.origin);
  await visit(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** A page somewhere else, for links to lead to. */
async function startDestination() {
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { "content-type": "text/html" })
      .end("<title>There</title><h1>You have arrived</h1>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/long/path?with=a&query`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a link is made on the page, followed, and seen to be counted", async () => {
  await using destination = await startDestination();
  await onPage({ viewport: { width: 1100, height: 900 }, colorScheme: "light" }, async (page) => {
    await page.getByLabel("The address to shorten").fill(destination.url);
    await page.getByText("Options").click();
    await page.getByLabel("Title").fill("A page far away");
    await page.getByRole("button", { name: "Shorten" }).click();
    const made = page.locator("#result a");
    const opened = page.waitForEvent("popup");
    await made.click();
    const arrived = await opened;
    await arrived.getByText("You have arrived").waitFor();
    assert.equal(arrived.url(), destination.url);
    await arrived.close();

    await page.locator("#result").getByRole("button", { name: "Clicks & QR" }).click();
    await page.getByText("1 click in all").waitFor();
    await page
      .locator("#devices")
      .getByText("desktop")
      .or(page.locator("#devices").getByText("bot"))
      .waitFor();
    assert.match((await page.locator("#chart").getAttribute("aria-label")) ?? "", /the most were 1 click on/);
    assert.ok(await page.locator("#chart canvas").isVisible());
    const drawn = await page.locator("#qr").evaluate((image) => (image as HTMLImageElement).naturalWidth);
    assert.ok(drawn > 0, "the QR code is drawn");
    await page.keyboard.press("Escape");
    await page.locator("#link-list").getByText("A page far away").waitFor();
  });
});

test("everything can be done from the keyboard, on a phone's screen, in the dark", async () => {
  const options = { viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;
  await onPage(options, async (page) => {
    const focusOn = async (selector: string) => {
      for (let presses = 0; presses < 60; presses++) {
        if (await page.locator(selector).evaluate((target) => target === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`Tab never came to ${selector}`);
    };
    await focusOn("#url");
    await page.keyboard.type("example.com/by-keyboard");
    await page.keyboard.press("Enter");
    await page.locator("#result a").waitFor();
    await focusOn("#result .quiet");
    await page.keyboard.press("Enter");
    await page.locator("#details[open]").waitFor();
    await focusOn("#details-delete");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.locator("#details:not([open])").waitFor({ state: "attached" });
    await page.getByText("example.com/by-keyboard", { exact: true }).waitFor({ state: "detached" });
    const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
    assert.equal(await page.evaluate(isTooWide), false, "nothing hangs over the side");
  });
});

test("what is wrong is said at its field, and the focus is put there", async () => {
  await onPage({}, async (page) => {
    await page.getByRole("button", { name: "Shorten" }).click();
    await page.locator("#url-error").getByText("Paste an address first").waitFor();
    await page.getByLabel("The address to shorten").fill("javascript:alert(1)");
    await page.getByRole("button", { name: "Shorten" }).click();
    await page.locator("#url-error").getByText("Must begin with http").waitFor();
    await page.getByLabel("The address to shorten").fill("https://example.com/");
    await page.getByText("Options").click();
    await page.getByLabel("Code of your own").fill("api");
    await page.getByRole("button", { name: "Shorten" }).click();
    await page.locator("#code-error").getByText("reserved").waitFor();
    assert.equal(await page.locator("#code").getAttribute("aria-invalid"), "true");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "code");
  });
});

test("a person who makes too many links is told when to go on", async () => {
  await onPage({}, async (page) => {
    await page.route("**/api/links", (route) =>
      route.request().method() === "POST"
        ? route.fulfill({
            status: 429,
            headers: { "retry-after": "3" },
            json: {
              error: {
                code: "RATE_LIMITED",
                message: "Many links were made from your address in a short time",
                details: [],
                request_id: "r",
                documentation_url: "",
              },
            },
          })
        : route.continue(),
    );
    await page.fill("#url", "example.com");
    await page.click("#make button[type=submit]");
    await page.waitForSelector("#form-error:not([hidden])");
    assert.equal(
      await page.textContent("#form-error"),
      "Many links were made from your address in a short time. Please try again in 3 seconds.",
    );
    assert.equal(await page.inputValue("#url"), "example.com", "what was typed is kept");
  });
});

test("text keeps at least 4.5 to 1 of contrast, in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    await onPage({ colorScheme }, async (page) => {
      const ratios = await page.evaluate(contrastRatios);
      for (const [pair, ratio] of Object.entries(ratios))
        assert.ok(ratio >= 4.5, `${colorScheme}: ${pair} is ${ratio}`);
    });
  }
});

test("the page shows what it is for at a glance: here is its picture, in light and in dark", async () => {
  for (const { title, url, code, clicks } of SHOWN) {
    await post({ title, url, code });
    const visits = Array.from({ length: clicks }, (_, click) =>
      fetch(`${shortener.origin}/${code}`, {
        redirect: "manual",
        headers: {
          referer: `https://${click % 3 ? "news" : "mail"}.example/`,
          "user-agent": "iPhone Mobile",
        },
      }),
    );
    await Promise.all(visits);
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await onPage({ viewport: { width: 1100, height: 860 }, colorScheme }, async (page) => {
      await page.goto(NAMED);
      await page
        .getByLabel("The address to shorten")
        .fill("https://example.com/a/page/with/a/very/long/address");
      await page.getByRole("button", { name: "Shorten" }).click();
      await page.locator("#result").getByText("go.example/").waitFor();
      await page.locator(".link-count", { hasText: "31" }).waitFor();
      await page.getByLabel("The address to shorten").blur();
      // Over when the card has faded in.
      await page
        .locator(".result-card")
        .evaluate((card) => Promise.all(card.getAnimations().map((one) => one.finished)));
      const picture = await page.screenshot();
      assert.ok(picture.length > 10_000);
      const name = colorScheme === "light" ? "shortener.png" : "shortener-dark.png";
      if (WRITE_PICTURES) await writeFile(new URL(name, PICTURES), picture);
    });
  }
});

async function post(body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(`${shortener.origin}/api/links`, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The contrast of each colour of text on each ground that it stands on (WCAG 2.2, 1.4.3). Runs in the page. */
function contrastRatios(): Record<string, number> {
  const style = getComputedStyle(document.documentElement);
  const luminanceOf = (name: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share =
        Number.parseInt(
          style
            .getPropertyValue(name)
            .trim()
            .slice(at, at + 2),
          16,
        ) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pairs = [
    ["--ink", "--ground"],
    ["--ink", "--surface"],
    ["--ink", "--accent-soft"],
    ["--ink-soft", "--ground"],
    ["--ink-soft", "--surface"],
    ["--ink-soft", "--sunken"],
    ["--accent", "--ground"],
    ["--accent-ink", "--accent"],
    ["--danger", "--ground"],
    ["--danger", "--surface"],
    ["--ground", "--ink"],
  ] as const;
  return Object.fromEntries(
    pairs.map(([text, ground]) => {
      const [one, other] = [luminanceOf(text), luminanceOf(ground)];
      return [`${text} on ${ground}`, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
    }),
  );
}
