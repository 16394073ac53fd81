import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { consolePage } from "./page-files.ts";

/** A server of a page whose folder holds these files. */
async function serve(t: TestContext, files: Readonly<Record<string, string | Buffer>>) {
  const folder = mkdtempSync(join(tmpdir(), "trestle-page-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const page = consolePage(pathToFileURL(`${folder}/`));
  const server = createServer((asked, response) => {
    const { pathname } = new URL(asked.url ?? "/", "http://127.0.0.1");
    if (!page(asked, response, pathname)) response.writeHead(404).end("not the page's");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<{ response: IncomingMessage; body: Buffer }>((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port, path, agent: false, ...options }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ response, body: Buffer.concat(chunks) });
      });
      call.once("error", reject);
      call.end();
    });
}

const FILES = { "index.html": "<!doctype html>", "console.js": "1", "notes.txt": "private" };

describe("the console's page", () => {
  test("may load its own files, speak to its own server, and nothing else", async (t) => {
    const get = await serve(t, FILES);
    const { response, body } = await get("/");
    assert.equal(body.toString(), "<!doctype html>");
    const policy = String(response.headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(
      (await get("/console/console.js")).response.headers["content-type"]?.split(";")[0],
      "text/javascript",
    );
  });

  test("leaves to others what is no file of its own, whatever the path is made to look like", async (t) => {
    const get = await serve(t, FILES);
    for (const path of [
      "/console/../notes.txt",
      "/console/%2e%2e/notes.txt",
      "/console/..%2fnotes.txt",
      "/console/notes.txt",
      "/console/",
      "/console/absent.js",
      "/v1/system",
      "/index.html",
    ])
      assert.equal((await get(path)).response.statusCode, 404, path);
    assert.equal((await get("/", { method: "POST" })).response.statusCode, 404);
  });

  test("is sent compressed to those who can take it", async (t) => {
    const get = await serve(t, { ...FILES, "console.js.gz": gzipSync("1") });
    const packed = await get("/console/console.js", { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(packed.response.headers["content-encoding"], "gzip");
    const plain = await get("/console/console.js");
    assert.equal(plain.response.headers["content-encoding"], undefined);
    assert.equal(plain.body.toString(), "1");
  });

  test("says how it is built where it was not", async (t) => {
    const get = await serve(t, {});
    const { response, body } = await get("/");
    assert.equal(response.statusCode, 503);
    assert.match(body.toString(), /npm run build:console/);
  });
});
