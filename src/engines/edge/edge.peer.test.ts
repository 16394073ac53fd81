import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { edgeFor, httpOrigin } from "./testing/servers.ts";

const run = promisify(execFile);

/** Runs curl, silent but for errors; bounded in time. */
async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run("curl", ["-sS", "--max-time", "10", ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

test("curl gets, posts, uploads and follows redirects through the edge", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    if (incoming.url === "/old") response.writeHead(302, { Location: "/new" }).end();
    else if (incoming.url === "/new") response.end("arrived");
    else incoming.pipe(response);
  });
  await using edge = await edgeFor([origin.port]);
  const url = `http://127.0.0.1:${edge.port}`;
  assert.equal(await curl("-L", `${url}/old`), "arrived");
  assert.equal(await curl("-d", "a=1", `${url}/echo`), "a=1");
  const long = "z".repeat(100_000);
  assert.equal(await curl("-H", "Transfer-Encoding: chunked", "-d", long, `${url}/echo`), long);
  assert.equal(await curl("-H", "Expect: 100-continue", "-d", long, `${url}/echo`), long);
  assert.equal(await curl("--http1.0", `${url}/new`), "arrived");
  assert.match(await curl("-I", `${url}/new`), /^HTTP\/1\.1 200 OK\r\n/);
});

test("curl keeps one connection for many requests, and compresses nothing away", async () => {
  await using origin = await httpOrigin((incoming, response) => response.end(`${incoming.url};`));
  await using edge = await edgeFor([origin.port]);
  const url = `http://127.0.0.1:${edge.port}`;
  const output = await curl("-w", "%{num_connects} ", `${url}/[1-5]`);
  assert.equal(output, "/1;1 /2;0 /3;0 /4;0 /5;0 ");
  assert.equal(origin.connections, 1);
});

test("curl sees the status and the envelope of what the edge refuses", async () => {
  await using edge = await edgeFor([], { limits: { bodyBytes: 10 } });
  const url = `http://127.0.0.1:${edge.port}`;
  const status = ["-o", "/dev/null", "-w", "%{http_code}"];
  assert.equal(await curl(...status, "--path-as-is", `${url}/a/../b`), "400");
  assert.equal(await curl(...status, "-d", "far more than ten", url), "413");
  assert.equal(await curl(...status, "-H", `X-Fill: ${"x".repeat(20_000)}`, url), "431");
  const { error } = JSON.parse(await curl(url)) as { error: { code: string } };
  assert.equal(error.code, "UPSTREAM_UNAVAILABLE");
});

test("curl's offer of HTTP/2 does not get in the way", async () => {
  await using origin = await httpOrigin((_, response) => response.end("one"));
  await using edge = await edgeFor([origin.port]);
  assert.equal(await curl("--http2", `http://127.0.0.1:${edge.port}/`), "one");
});

test("curl reports an answer that broke off as broken", async () => {
  await using origin = await httpOrigin((_, response) => {
    response.write("half");
    setImmediate(() => response.destroy());
  });
  await using edge = await edgeFor([origin.port]);
  await assert.rejects(curl(`http://127.0.0.1:${edge.port}/`), /curl: \((?:18|56)\)/);
});
