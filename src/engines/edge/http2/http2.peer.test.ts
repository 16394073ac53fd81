import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { edgeFor, httpOrigin } from "../testing/servers.ts";
import { http2Origin } from "./testing/http2-peers.ts";

const run = promisify(execFile);

test("curl with prior knowledge gets, sends and fetches as much as it likes", async () => {
  const large = Buffer.alloc(5_000_000, "x");
  await using origin = await httpOrigin((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => response.end(request.method === "GET" ? large : String(bytes)));
  });
  await using edge = await edgeFor([origin.port]);
  const url = `http://127.0.0.1:${edge.port}/`;
  const common = ["--silent", "--show-error", "--http2-prior-knowledge", "--max-time", "10"];
  const format = "%{http_version} %{http_code} %{size_download}";
  const got = await run("curl", [...common, "--output", "/dev/null", "--write-out", format, url]);
  assert.equal(got.stdout, `2 200 ${large.length}`);
  const sent = await run("curl", [...common, "--data-binary", "@package.json", url]);
  assert.ok(Number(sent.stdout) > 100);
});

test("h2load has every request answered, from upstreams of either version", async () => {
  await using old = await httpOrigin((_request, response) => response.end("x".repeat(100)));
  await using young = await http2Origin((stream) => {
    stream.respond({ ":status": 200 });
    stream.end("x".repeat(100));
  });
  await using first = await edgeFor([old.port]);
  await using second = await edgeFor([young.port], { upstream: { protocol: "http2" } });
  for (const edge of [first, second]) {
    const { stdout } = await run("h2load", [
      "-n",
      "4000",
      "-c",
      "8",
      "-m",
      "64",
      `http://127.0.0.1:${edge.port}/`,
    ]);
    assert.match(stdout, /4000 succeeded, 0 failed, 0 errored, 0 timeout/);
    assert.match(stdout, /4000 2xx/);
  }
});
