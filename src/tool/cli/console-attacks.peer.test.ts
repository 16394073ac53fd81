// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "../console/testing/console-page.ts";
import { type HostileSystem, hostileSystem } from "./testing/hostile-system.ts";

let system: HostileSystem;
let browser: Browser;
let evil: Awaited<ReturnType<typeof evilServer>>;

before(async () => {
  system = await hostileSystem();
  browser = await startBrowser();
  evil = await evilServer();
});
after(async () => {
  await browser?.close();
  await evil?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
});

/** A server of somebody else on this machine, who has pages, and keeps what is sent to it. */
async function evilServer() {
  const got: { readonly url: string; readonly referer: string | undefined }[] = [];
  const server = createServer((request, response) => {
    got.push({ url: request.url ?? "", referer: request.headers.referer });
    response.writeHead(200, { "content-type": "text/html", "access-control-allow-origin": "*" });
    response.end("<!doctype html><title>evil</title><body>Evil</body>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    got,
    origins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A browser whose user has the console open. */
async function victim(): Promise<{ context: BrowserContext; console: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${system.origin}/#key=${system.key}`);
  await page.getByRole("banner").getByText("hostile").waitFor();
  return { context, console: page };
}

async function assertUnharmed(page: Page): Promise<void> {
  assert.notEqual(system.system.snapshot().state, "stopping");
  assert.equal(system.system.snapshot().parts.find(({ name }) => name === "api")?.replicas[0]?.restarts, 0);
  await page.reload();
  await page.getByRole("banner").getByText("hostile").waitFor();
}

test("a page of another port reads nothing of the console, by whatever a page can ask with", async () => {
  const { context, console: own } = await victim();
  for (const origin of evil.origins) {
    const page = await context.newPage();
    await page.goto(origin);
    const got = await page.evaluate(readAll, { target: system.origin, key: system.key });
    assert.deepEqual(got, ["its own server"], origin);
    await page.close();
  }
  await assertUnharmed(own);
  await context.close();
});

/** Runs in the evil page: everything that it could read or load, by name. It has to be its own server alone. */
async function readAll({ target, key }: { target: string; key: string }): Promise<string[]> {
  const got: string[] = [];
  const attempt = async (name: string, act: () => Promise<unknown>) => {
    const patience = new Promise((resolve) => setTimeout(resolve, 1_500));
    try {
      if (await Promise.race([act(), patience])) got.push(name);
    } catch {
      // Refused, as it should be.
    }
  };
  const paths = ["/", "/v1/system", "/v1/live", "/metrics", "/console/console.js", "/console/icon.svg"];
  const inits: RequestInit[] = [
    {},
    { mode: "no-cors" },
    { credentials: "include" },
    { headers: { authorization: `Bearer ${key}` } },
    { mode: "no-cors", method: "POST", body: "{}" },
    { method: "PUT" },
  ];
  await Promise.all(
    paths.flatMap((path) =>
      inits.map((init) => attempt(`fetch ${path} ${JSON.stringify(init)}`, () => fetch(target + path, init))),
    ),
  );
  const load = (element: HTMLElement & { src?: string }, src: string) =>
    new Promise((resolve, reject) => {
      element.onload = resolve;
      element.onerror = reject;
      if (element instanceof HTMLLinkElement) {
        element.rel = "stylesheet";
        element.href = src;
      } else element.src = src;
      document.body.append(element);
    });
  for (const path of paths) {
    const tags = ["script", "img", "link", "video"] as const;
    for (const tag of tags) {
      await attempt(`<${tag}> ${path}`, () => load(document.createElement(tag), target + path));
    }
  }
  const module = document.createElement("script");
  module.type = "module";
  await attempt("module", () => load(module, `${target}/console/console.js`));
  await attempt("worker", async () => {
    const worker = new Worker(
      URL.createObjectURL(new Blob([`importScripts("${target}/console/console.js"); postMessage(1)`])),
    );
    return await new Promise((resolve) => {
      worker.onmessage = resolve;
    });
  });
  await attempt("EventSource", () => {
    const source = new EventSource(`${target}/v1/live`, { withCredentials: true });
    return new Promise((resolve, reject) => {
      source.onopen = resolve;
      source.onerror = () => {
        source.close();
        reject();
      };
    });
  });
  for (const path of ["/", "/v1/live", `/v1/live?key=${key}`]) {
    await attempt(`WebSocket ${path}`, () => {
      const socket = new WebSocket(target.replace("http", "ws") + path, [key]);
      return new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
    });
  }
  await attempt("beacon read", async () => navigator.sendBeacon(`${target}/v1/down`, "{}") && false);
  await attempt("its own server", () => fetch("/"));
  if (document.cookie !== "") got.push("cookie");
  for (const name of Object.keys(localStorage)) got.push(`storage ${name}`);
  return got;
}

test("forms, frames and windows of another port's page do nothing to the system and see nothing of it", async () => {
  const { context, console: own } = await victim();
  for (const origin of evil.origins) {
    const page = await context.newPage();
    await page.goto(origin);
    for (const path of ["/v1/down", "/v1/parts/api/restart", "/v1/parts/api/actions/kill-replica"]) {
      for (const enctype of ["text/plain", "application/x-www-form-urlencoded"]) {
        await page.goto(origin);
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.url() === system.origin + path),
          page.evaluate(submit, { action: system.origin + path, enctype, key: system.key }),
        ]);
        assert.equal(answer.status(), 403, path);
        await page.waitForURL(system.origin + path);
      }
    }
    await page.goto(origin);
    const frames = [`${system.origin}/`, `${system.origin}/#key=${system.key}`, `${system.origin}/v1/system`];
    await page.evaluate(frame, frames);
    await page.waitForTimeout(300);
    for (const one of page.frames().slice(1)) {
      assert.doesNotMatch(await one.content(), /id="page"|replicas/, "a frame shows nothing");
    }

    const opened = context.waitForEvent("page");
    await page.evaluate((target) => {
      (globalThis as { opened?: Window | null }).opened = window.open(`${target}/?view=logs`);
    }, system.origin);
    const popup = await opened;
    await popup.getByRole("banner").getByText("hostile").waitFor();
    assert.equal(await popup.evaluate(() => window.opener), null);
    const handle = await page.evaluate(() => {
      const { opened } = globalThis as { opened?: Window | null };
      opened?.postMessage({ type: "key", key: "x" }, "*");
      return { closed: opened?.closed, frames: opened?.length };
    });
    assert.deepEqual(handle, { closed: true, frames: 0 }, "the window is out of the opener's reach");
    await popup.close();
    await page.close();
  }
  await assertUnharmed(own);
  await context.close();
});

function submit({ action, enctype, key }: { action: string; enctype: string; key: string }): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.enctype = enctype;
  for (const [name, value] of [
    ["authorization", `Bearer ${key}`],
    ['{"replica":"api.1","x":"', '"}'],
  ] as const) {
    const input = document.createElement("input");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function frame(addresses: readonly string[]): void {
  for (const address of addresses) {
    const element = document.createElement("iframe");
    element.src = address;
    document.body.append(element);
  }
}

test("a page that leads here with a key of its own making does not take away the right one", async () => {
  const { context, console: own } = await victim();
  const page = await context.newPage();
  await page.goto(evil.origins[0] ?? "");
  await page.evaluate((target) => {
    location.href = `${target}/?view=map#key=made-up-by-somebody`;
  }, system.origin);
  await page.getByRole("banner").getByText("hostile").waitFor();
  assert.ok(!page.url().includes("key="));
  await own.waitForTimeout(200);
  await assertUnharmed(own);
  assert.equal(await own.evaluate(() => localStorage.getItem("trestle.key")), system.key);
  await context.close();
});

test("the key leaves the address and the history, and a link to elsewhere takes nothing along", async () => {
  const { context, console: own } = await victim();
  const requests: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  context.on("request", (request) => requests.push({ url: request.url(), headers: request.headers() }));
  await own.goto(`${system.origin}/?view=map#key=${system.key}`);
  await own.getByRole("banner").getByText("hostile").waitFor();
  await own.getByRole("link", { name: "Parts" }).first().click();
  await own.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
  const entries = await own.evaluate(() => {
    const { navigation } = globalThis as unknown as { navigation: { entries(): { url: string }[] } };
    return navigation.entries().map(({ url }) => url);
  });
  assert.ok(entries.length > 0 && !entries.join().includes(system.key), entries.join());
  await own.goto(`${system.origin}/?view=part&part=front`);
  const opened = context.waitForEvent("page");
  await own.getByRole("link", { name: system.front, exact: true }).first().click();
  const elsewhere = await opened;
  await elsewhere.waitForLoadState();
  assert.equal(await elsewhere.evaluate(() => `${document.referrer} ${window.opener}`), " null");
  for (const { url, headers } of requests) {
    assert.ok(!url.replace(/#.*$/, "").includes(system.key), url);
    const isOwn = url.startsWith(`${system.origin}/`);
    assert.ok(isOwn || !JSON.stringify(headers).includes(system.key), url);
    if (isOwn || url === `${system.front}/`) assert.equal(headers.referer ?? "", "", url);
  }
  await context.close();
});

test("by the name localhost the console opens at its one origin, key and view included", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${system.origin.replace("127.0.0.1", "localhost")}/?view=part#key=${system.key}`);
  await page.getByRole("heading", { level: 1, name: "Parts" }).waitFor();
  assert.equal(page.url(), `${system.origin}/?view=part`);
  await context.close();
});
