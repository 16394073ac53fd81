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

const HOT = "view=data&part=hot";
const LINKS = "view=data&part=links";
const HOSTILE = '<img src=x onerror="document.title=1">';

function asking(sql: string): string {
  return `${LINKS}&look=sql-query&sql=${encodeURIComponent(sql)}`;
}

test("keys are found by a pattern, which stays in the address, and further ones when asked for", async () => {
  await onConsole(browser, server, { query: HOT }, async (page) => {
    const keys = page.getByRole("region", { name: "Keys" });
    await keys.getByText("100 shown of 250 in all").waitFor();
    await keys.getByRole("button", { name: "Look further" }).click();
    await keys.getByText("200 shown").waitFor();
    await page.keyboard.press("/");
    assert.ok(await page.getByLabel("Pattern of keys").evaluate((one) => one === document.activeElement));
    await page.getByLabel("Pattern of keys").fill("tags:*");
    await page.keyboard.press("Enter");
    await keys.getByText("1 shown").waitFor();
    await page.waitForURL(/pattern=tags/);
    await page.getByLabel("Pattern of keys").fill("nothing*");
    await page.keyboard.press("Enter");
    await keys.getByText("No key fits nothing*").waitFor();
  });
});

test("a time to live counts down, and the hit ratio stands above", async () => {
  await onConsole(browser, server, { query: `${HOT}&pattern=tags:*` }, async (page) => {
    const left = page.locator(".keys-ttl");
    await left.getByText("8 s").or(left.getByText("7 s")).waitFor();
    await left.getByText("5 s").waitFor();
    await page.getByText("97.9 %").waitFor();
    await page.getByRole("button", { name: "All figures" }).click();
    await page.getByRole("dialog").getByText("uptime_in_seconds").waitFor();
    await assertAccessible(page);
  });
});

test("a value is laid out without losing a digit, bytes as a dump, elements in a table", async () => {
  await onConsole(browser, server, { query: `${HOT}&key=settings` }, async (page) => {
    const value = page.getByRole("region", { name: "Value", exact: true });
    await value.getByText('"owner": 12345678901234567890,').waitFor();
    await value.getByRole("button", { name: "JSON, laid out" }).click();
    await value.getByText('{"limits":{"perMinute":60').waitFor();
    await page.getByRole("link", { name: /logo/ }).click();
    await value.getByText("·PNG").waitFor();
    await page.getByRole("link", { name: /top:today/ }).click();
    await value.getByRole("columnheader", { name: "score" }).waitFor();
    await page.getByRole("link", { name: /vectors/ }).click();
    await value.getByText("cannot show what is of type vectorset").waitFor();
  });
});

test("hostile keys and values are harmless text, hidden characters have names, megabytes come in pieces", async () => {
  await onConsole(browser, server, { query: HOT }, async (page) => {
    await page.getByRole("link", { name: HOSTILE }).click();
    const value = page.getByRole("region", { name: "The value" });
    await value.getByText('<script>document.title = "owned"</script>').waitFor();
    for (const name of ["U+202E", "U+200B", "U+0007"]) await value.getByText(name, { exact: true }).waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    const before = (await value.textContent())?.length ?? 0;
    await page.getByRole("button", { name: "Read on" }).click();
    await page.waitForFunction(
      (least) => (document.querySelector(".data-text")?.textContent?.length ?? 0) > least,
      before + 10_000,
    );
    assert.equal(await page.title(), "Data · shortener · Trestle");
  });
});

test("keys are walked with the keyboard, grouped by their colons, and one is deleted after a question", async () => {
  await onConsole(browser, server, { query: HOT }, async (page) => {
    await page.locator(".keys-line").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/key=recent/);
    await page.getByRole("button", { name: "Group by :" }).click();
    const group = page.locator("summary", { hasText: "link:" });
    await group.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: /1000/ }).waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete this key?" });
    assert.ok(!server.asked.some((one) => one.includes("delete-key")));
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText(/delete-key of hot was done/).waitFor();
    await page.waitForURL((url) => !url.searchParams.has("key"));
  });
});

test("tables tell their sizes and what could be better, and lead to their columns, indexes and rows", async () => {
  await onConsole(browser, server, { query: LINKS }, async (page) => {
    await page.getByText("CREATE INDEX CONCURRENTLY ON public.links (owner);").waitFor();
    await page.getByRole("region", { name: "Statements that took most time" }).waitFor();
    await page
      .getByRole("region", { name: "Tables" })
      .getByRole("link", { name: /^links/ })
      .click();
    await page.waitForURL(/table=public\.links/);
    await page
      .getByRole("region", { name: "Columns" })
      .first()
      .getByText("timestamp with time zone")
      .waitFor();
    await page.getByRole("region", { name: "Indexes" }).getByText("links_code_key").waitFor();
    const rows = page.getByRole("region", { name: "First rows" });
    await rows.getByText(HOSTILE).waitFor();
    await rows.getByText("NULL").first().waitFor();
    await rows.getByText("empty", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Query it" }).click();
    assert.equal(
      await page.getByLabel("A statement that reads").inputValue(),
      "SELECT * FROM public.links LIMIT 100",
    );
    assert.equal(await page.locator("main img").count(), 0);
  });
});

test("a link fills the statement in and never runs it", async () => {
  const before = server.asked.length;
  await onConsole(browser, server, { query: asking("SELECT * FROM links") }, async (page) => {
    await page.getByText("Nothing was run yet").waitFor();
    assert.equal(await page.getByLabel("A statement that reads").inputValue(), "SELECT * FROM links");
    await page.waitForTimeout(200);
    assert.ok(!server.asked.slice(before).some((one) => /data\/(query|explain)/.test(one)));
  });
});

test("Ctrl and Enter run the statement; rows are copied, long values opened, statements found again", async () => {
  const context = { query: `${LINKS}&look=sql-query`, permissions: ["clipboard-read", "clipboard-write"] };
  await onConsole(browser, server, context, async (page) => {
    const field = page.getByLabel("A statement that reads");
    await field.fill("SELECT * FROM many");
    await page.keyboard.press("Control+Enter");
    await page.getByText("The first 500 rows in 41 ms").waitFor();
    await page.waitForURL(/sql=SELECT/);
    assert.equal(await page.locator(".grid-table tbody tr").count(), 100);
    await page.getByRole("button", { name: "Show the other 400" }).click();
    assert.equal(await page.locator(".grid-table tbody tr").count(), 500);
    await field.fill("SELECT * FROM links");
    await page.keyboard.press("Control+Enter");
    await page.getByText("4 rows in").waitFor();
    await page.getByRole("button", { name: "CSV" }).click();
    await page.getByText("Copied 4 rows as CSV").waitFor();
    assert.match(
      await page.evaluate(() => navigator.clipboard.readText()),
      /^id,code,target.*\r\n1,a1,https/,
    );
    await page.getByRole("button", { name: /Open the whole value:\s*https/ }).click();
    const dialog = page.getByRole("dialog", { name: "target · text" });
    await dialog.getByText("The first 4,096 of 2,000,000 characters").waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Statements that were run before" }).click();
    await page.getByRole("button", { name: "SELECT * FROM many" }).click();
    assert.equal(await field.inputValue(), "SELECT * FROM many");
  });
});

test("a mistake is shown in its line, and what would change something is refused in words", async () => {
  await onConsole(browser, server, { query: asking("SELECT id,\n  nme\nFROM links") }, async (page) => {
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.getByText('column "nme" does not exist').waitFor();
    assert.match((await alert.textContent()) ?? "", /2 │ {3}nme\n {6}\^/);
    await page.getByLabel("A statement that reads").fill("DROP TABLE links");
    await page.keyboard.press("Control+Enter");
    await alert.getByText("Only statements that read are run here").waitFor();
  });
});

test("a plan is drawn with shares, estimates against what was found, and advice that leads to its step", async () => {
  await onConsole(browser, server, { query: asking("SELECT * FROM links WHERE owner = 7") }, async (page) => {
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.getByText("not run").waitFor();
    await page.getByRole("button", { name: "Run and explain" }).click();
    await page.getByText("run in 133 ms").waitFor();
    const plan = page.getByRole("region", { name: "Plan", exact: true });
    assert.equal(await plan.locator(".plan-step").count(), 5);
    await plan.getByText("2,922× fewer").waitFor();
    await page.getByRole("button", { name: "Parallel Seq Scan on links l", exact: true }).click();
    await plan.getByText("(l.owner = 7)").waitFor();
    assert.ok(await plan.locator('[data-node="0.0.0.0"]').evaluate((one) => one === document.activeElement));
    await tabTo(page, '[data-node="0.0.0.1"]');
    await page.keyboard.press("Enter");
    await plan.getByText("Hash Batches").waitFor();
  });
});

test("parts without a look, and parts that are not there, are told", async () => {
  await onConsole(browser, server, { query: "view=data&part=front" }, async (page) => {
    await page.getByText("There is no look into front").waitFor();
    await page.getByRole("navigation", { name: "Parts that can be looked into" }).getByText("hot").click();
    await page.getByRole("region", { name: "Keys" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.getByRole("region", { name: "Tables" }).waitFor();
  });
  await onConsole(browser, server, { query: HOT, mayComplain: /409/ }, async (page) => {
    await page.route("**/data/keys", (route) =>
      route.fulfill({
        status: 409,
        json: { error: { code: "NOT_POSSIBLE", message: "hot has not been ready yet" } },
      }),
    );
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("alert").getByText("hot has not been ready yet").waitFor();
  });
});

test("the data view has no fault that axe finds and fits, in both themes, on a phone and on a wide screen", async () => {
  const looks: readonly (readonly [string, string, string?])[] = [
    [`${HOT}&key=session:8f3a`, "csrf"],
    [`${HOT}&tree=1`, "link:"],
    [`${HOT}&key=logo`, "·PNG"],
    [LINKS, "Often read whole"],
    [`${LINKS}&table=public.links`, "links_pkey"],
    [asking("SELECT * FROM links"), "rows in", "Run"],
    [asking("SELECT * FROM links WHERE owner = 7"), "run in 133 ms", "Run and explain"],
    [asking("SELECT nme"), "does not exist", "Run"],
  ];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of [
      { width: 375, height: 812 },
      { width: 1440, height: 900 },
    ]) {
      for (const [query, text, press] of looks) {
        await onConsole(browser, server, { query, colorScheme, viewport }, async (page) => {
          if (press) await page.getByRole("button", { name: press, exact: true }).click();
          await page.getByText(text).first().waitFor();
          await assertFits(page);
          await assertAccessible(page);
        });
      }
    }
  }
});
