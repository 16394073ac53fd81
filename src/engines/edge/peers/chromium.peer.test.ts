// What is given to the page runs there: it knows the names of a browser.
/// <reference lib="dom" />

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Server, ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { type Browser, chromium, type Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { httpOrigin, type Origin } from "../testing/servers.ts";
import { testFolder } from "../tls/testing/test-authority.ts";
import { endpointsAt, type PeerScene, peerScene } from "./testing/scene.ts";

const ASSETS = 40;
const ASSET = "/* an asset of a page */\n".repeat(40);

/** A page with many small parts; what it does is told to it by the tests. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>A page behind an edge</title>
${Array.from({ length: ASSETS }, (_, at) => `<link rel="stylesheet" href="/asset/${at}.css">`).join("\n")}
<h1>Here</h1>`;

let browser: Browser;
let scene: PeerScene;
const origins: Origin[] = [];
/** Streams of events that are open: a test sends into them. */
const streams = new Set<ServerResponse>();

before(async () => {
  const folder = await testFolder();
  for (const name of ["one", "two"]) origins.push(await site(name));
  scene = await peerScene(
    endpointsAt(
      origins.map(({ port }) => port),
      { affinity: { by: "cookie", name: "seat" } },
    ),
    { folder },
  );
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      // The key that the edge shows is taken as by a user who trusts its authority; any other is refused still.
      `--ignore-certificate-errors-spki-list=${await keyHash(scene)}`,
    ],
  });
});
after(async () => {
  await browser?.close();
  await scene?.[Symbol.asyncDispose]();
  for (const origin of origins) await origin.kill();
});

/** By which Chromium knows the key of an edge's certificate: SHA-256 of it, in base 64. */
async function keyHash({ securePort, root }: PeerScene): Promise<string> {
  const ca = await readFile(root);
  const socket = connect({ host: "127.0.0.1", port: securePort, servername: "localhost", ca });
  await once(socket, "secureConnect");
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  socket.destroy();
  return createHash("sha256")
    .update(key ?? "")
    .digest("base64");
}

/** One of the servers behind the edge. */
async function site(name: string): Promise<Origin> {
  const origin = await httpOrigin((incoming, response) => {
    const path = incoming.url ?? "/";
    response.setHeader("X-Server", name);
    if (path.startsWith("/asset/")) {
      response.setHeader("Content-Type", "text/css");
      response.end(ASSET);
    } else if (path === "/echo") {
      response.setHeader("Content-Type", "application/octet-stream");
      incoming.pipe(response);
    } else if (path === "/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      response.write("data: first\n\n");
      streams.add(response);
      response.once("close", () => streams.delete(response));
    } else {
      response.setHeader("Content-Type", "text/html");
      response.end(path === "/" ? PAGE : name);
    }
  });
  const sockets = new WebSocketServer({ server: origin.server as Server });
  sockets.on("connection", (socket) =>
    socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary })),
  );
  return origin;
}

/** The two ways in, and what a browser speaks there. */
function ways() {
  return [
    { url: scene.plain, protocol: "http/1.1" },
    { url: scene.secure, protocol: "h2" },
  ];
}

/** Opens the page, and afterwards finds that it complained of nothing. */
async function onPage(url: string, visit: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.goto(url);
  await visit(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

test("a page and its forty parts come over HTTP/2 where TLS is, over HTTP/1.1 where it is not", async () => {
  for (const { url, protocol } of ways()) {
    await onPage(url, async (page) => {
      const parts = await page.evaluate(() =>
        performance.getEntriesByType("resource").map((one) => {
          const { name, nextHopProtocol, decodedBodySize } = one as PerformanceResourceTiming;
          return { name: new URL(name).pathname, nextHopProtocol, decodedBodySize };
        }),
      );
      const assets = parts.filter(({ name }) => name.startsWith("/asset/"));
      assert.equal(assets.length, ASSETS);
      for (const { nextHopProtocol, decodedBodySize } of assets)
        assert.deepEqual([nextHopProtocol, decodedBodySize], [protocol, ASSET.length]);
      const [own] = await page.evaluate(() =>
        performance
          .getEntriesByType("navigation")
          .map((one) => (one as PerformanceNavigationTiming).nextHopProtocol),
      );
      assert.equal(own, protocol);
    });
  }
});

test("a page posts a megabyte, and has it back", async () => {
  for (const { url } of ways()) {
    await onPage(url, async (page) => {
      const came = await page.evaluate(async () => {
        const body = new Uint8Array(1024 * 1024).map((_, at) => at * 7);
        const answer = await fetch("/echo", { method: "POST", body });
        const back = new Uint8Array(await answer.arrayBuffer());
        return {
          status: answer.status,
          same: back.length === body.length && back.every((byte, at) => byte === body[at]),
        };
      });
      assert.deepEqual(came, { status: 200, same: true });
    });
  }
});

test("a page talks by WebSocket, ws and wss, in text and bytes", async () => {
  for (const { url } of ways()) {
    await onPage(url, async (page) => {
      const came = await page.evaluate(
        async (address) => {
          const socket = new WebSocket(address);
          socket.binaryType = "arraybuffer";
          const heard: string[] = [];
          await new Promise((resolve) => socket.addEventListener("open", resolve));
          for (let at = 0; at < 100; at++) socket.send(`message ${at}`);
          socket.send(new Uint8Array(300_000).fill(7));
          await new Promise<void>((resolve) => {
            socket.addEventListener("message", ({ data }) => {
              heard.push(typeof data === "string" ? data : `${data.byteLength} bytes`);
              if (heard.length === 101) resolve();
            });
          });
          const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
          socket.close(4000, "enough");
          const { code, wasClean } = await closed;
          return { heard, code, wasClean };
        },
        `${url.replace("http", "ws")}/socket`,
      );
      const wanted = Array.from({ length: 100 }, (_, at) => `message ${at}`);
      assert.deepEqual(came, { heard: [...wanted, "300000 bytes"], code: 4000, wasClean: true });
    });
  }
});

test("events that a server sends arrive one by one, each before the next is sent", async () => {
  for (const { url } of ways()) {
    await onPage(url, async (page) => {
      await page.evaluate(() => {
        const heard: string[] = [];
        const source = new EventSource("/events");
        source.addEventListener("message", ({ data }) => heard.push(data));
        Object.assign(window, { heard, source });
      });
      const until = (text: string) =>
        page.waitForFunction(
          (wanted) => (window as never as { heard: string[] }).heard.at(-1) === wanted,
          text,
        );
      await until("first");
      for (const text of ["second", "third", "fourth"]) {
        for (const stream of streams) stream.write(`data: ${text}\n\n`);
        await until(text);
      }
      const heard = await page.evaluate(() => {
        const { heard, source } = window as never as { heard: string[]; source: EventSource };
        source.close();
        return heard;
      });
      assert.deepEqual(heard, ["first", "second", "third", "fourth"]);
    });
  }
});

test("a browser's cookie keeps it with its server, over reloads and other pages", async () => {
  const seats = new Set<string>();
  for (const { url } of ways()) {
    for (let visitor = 0; visitor < 3; visitor++) {
      await onPage(`${url}/name`, async (page) => {
        const names = new Set<string>();
        for (let at = 0; at < 3; at++) {
          names.add((await page.reload())?.headers()["x-server"] ?? "none");
          names.add(await page.evaluate(async () => (await fetch("/name")).text()));
        }
        assert.equal(names.size, 1, [...names].join());
        for (const name of names) seats.add(name);
        const [cookie] = await page.context().cookies();
        assert.equal(cookie?.name, "seat");
        assert.equal(cookie?.httpOnly, true);
      });
    }
  }
  assert.deepEqual([...seats].sort(), ["one", "two"]);
});

test("a browser that has not taken up the authority refuses the page", async () => {
  await using other = await peerScene(endpointsAt([origins[0]?.port ?? 0]));
  const page = await browser.newPage();
  await assert.rejects(page.goto(other.secure), /ERR_CERT_AUTHORITY_INVALID/);
  await page.close();
});
