import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runWrk } from "./wrk.ts";

async function countingServer(t: TestContext): Promise<{ url: string; asked: Map<string, number> }> {
  const asked = new Map<string, number>();
  const server = createServer(({ url = "" }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    response.statusCode = url === "/gone" ? 404 : 302;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

function pathsFile(t: TestContext, paths: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "trestle-wrk-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "paths.txt");
  writeFileSync(file, paths.map((path) => `${path}\n`).join(""));
  return file;
}

test("wrk asks for the paths as often as the file has them, and is told when it is refused", async (t) => {
  const { url, asked } = await countingServer(t);
  const paths = pathsFile(t, ["/a", "/a", "/a", "/gone"]);
  const result = await runWrk({ url, paths, connections: 2, seconds: 1 });
  assert.deepEqual([...asked.keys()].sort(), ["/a", "/gone"]);
  const total = (asked.get("/a") ?? 0) + (asked.get("/gone") ?? 0);
  assert.ok(Math.abs((asked.get("/a") ?? 0) - 0.75 * total) <= 2);
  // wrk leaves out what was under way at the end.
  assert.ok(result.requests > 0 && result.requests <= total);
  assert.ok(Math.abs(result.failed - 0.25 * result.requests) <= 2);
  assert.ok(result.latencyMs.p50 > 0 && result.latencyMs.p50 <= result.latencyMs.max);
});

test("at a constant rate no more is offered than was asked for", async (t) => {
  const { url } = await countingServer(t);
  const result = await runWrk({
    url,
    paths: pathsFile(t, ["/a"]),
    connections: 20,
    seconds: 2,
    ratePerSecond: 200,
  });
  // Half a second of wrk's start and end on top of the two.
  assert.ok(result.requests > 0 && result.requests <= 500, `${result.requests} requests`);
});
