import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { httpOrigin } from "../testing/servers.ts";
import { output, ran } from "./testing/program.ts";
import { type PeerScene, peerScene, sha256, someBytes, tellingOrigin, toldIn } from "./testing/scene.ts";

const MIB = 1024 * 1024;

/** Runs curl, silent but for errors; bounded in time. */
function curl(...args: string[]): Promise<string> {
  return output("curl", ["-sS", "--max-time", "20", ...args]);
}

/**
 * Those in which curl keeps a connection for its next request. With prior knowledge Debian 12's curl (7.88) breaks it then, before
 * nginx too; h2load and gRPC prove that way.
 */
function keptWays(scene: PeerScene) {
  return ways(scene).filter(({ args }) => !args.includes("--http2-prior-knowledge"));
}

/** The ways in which curl reaches an edge: the arguments of each, its base URL, and the version that is to be spoken. */
function ways({ plain, secure, root }: PeerScene) {
  return [
    { name: "HTTP/1.1", args: ["--http1.1"], url: plain, version: "1.1" },
    { name: "HTTP/2 with prior knowledge", args: ["--http2-prior-knowledge"], url: plain, version: "2" },
    { name: "HTTP/1.1 over TLS", args: ["--http1.1", "--cacert", root], url: secure, version: "1.1" },
    { name: "HTTP/2 over TLS", args: ["--http2", "--cacert", root], url: secure, version: "2" },
  ];
}

test("curl gets, posts, and asks with every method, in each version, over TLS and not", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  for (const { name, args, url, version } of ways(scene)) {
    const got = await curl(...args, "-w", "\n%{http_version} %{response_code}", `${url}/a?b=c`);
    const [told = "", written] = got.split("\n");
    assert.equal(written, `${version} 200`, name);
    assert.equal(toldIn(told).url, "/a?b=c", name);
    assert.equal(toldIn(told).headers["x-forwarded-proto"], new URL(url).protocol.slice(0, -1), name);
    assert.equal(toldIn(told).headers["x-forwarded-for"], "127.0.0.1", name);
    assert.equal(toldIn(told).headers.host, new URL(url).host, name);
    const posted = toldIn(await curl(...args, "-d", "a=1&b=2", `${url}/form`));
    assert.equal(posted.sha256, sha256("a=1&b=2"), name);
    assert.equal(posted.headers["content-type"], "application/x-www-form-urlencoded", name);
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"])
      assert.equal(toldIn(await curl(...args, "-X", method, url)).method, method, name);
    const head = await curl(...args, "-I", `${url}/a`);
    assert.match(head, /^HTTP\/[12.]+ 200 ?(?:OK)?\r\n[\s\S]*content-length: \d+\r\n[\s\S]*\r\n\r\n$/i, name);
  }
});

test("curl without a version's offer gets that of its time: HTTP/1.0, or HTTP/1.1 where ALPN is off", async () => {
  await using origin = await httpOrigin((_, response) => {
    response.write("in ");
    response.end("pieces");
  });
  await using scene = await peerScene([origin.port]);
  const { plain, secure, root } = scene;
  // HTTP/1.0 knows no chunks: the answer ends with the connection.
  assert.equal(await curl("--http1.0", "-D", "-", "-o", "/dev/null", plain).then(chunkedIn), false);
  assert.equal(await curl("--http1.0", plain), "in pieces");
  assert.equal(await curl("--http1.0", "--cacert", root, secure), "in pieces");
  assert.equal(await curl("--http1.1", "-D", "-", "-o", "/dev/null", plain).then(chunkedIn), true);
  const version = ["-o", "/dev/null", "-w", "%{http_version}"];
  assert.equal(await curl(...version, "--no-alpn", "--cacert", root, secure), "1.1");
  assert.equal(await curl(...version, "--cacert", root, secure), "2");
  // An offer to upgrade to HTTP/2 in plain text, which RFC 9113 has given up, is passed over.
  assert.equal(await curl(...version, "--http2", plain), "1.1");
});

function chunkedIn(head: string): boolean {
  return /^transfer-encoding: chunked\r$/im.test(head);
}

test("curl uploads 20 MB whole: with a length, in chunks, waiting for 100 (Continue) and not", async () => {
  const body = someBytes(20 * MIB);
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { limits: { bodyBytes: 32 * MIB } });
  const file = join(scene.folder.path, "body");
  await writeFile(file, body);
  for (const { name, args, url } of ways(scene)) {
    for (const how of [
      ["-T", file],
      ["-T", file, "-H", "Expect:"],
      ["-H", "Transfer-Encoding: chunked", "-T", file],
    ]) {
      // HTTP/2 has no chunks of its own; curl leaves the field away there.
      const told = toldIn(await curl(...args, ...how, `${url}/upload`));
      assert.equal(told.sizeBytes, body.length, `${name} ${how.join(" ")}`);
      assert.equal(told.sha256, sha256(body), `${name} ${how.join(" ")}`);
    }
  }
});

test("curl that waits for 100 (Continue) is told 413 before it has sent a byte", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { limits: { bodyBytes: MIB } });
  const file = await scene.folder.write("body", "x".repeat(2 * MIB));
  const write = ["-o", "/dev/null", "-w", "%{response_code} %{size_upload}"];
  const waiting = ["-H", "Expect: 100-continue", "--expect100-timeout", "10", "-T", file];
  assert.equal(await curl(...write, ...waiting, `${scene.plain}/`), "413 0");
  assert.equal(
    await curl(...write, "--cacert", scene.root, "--http1.1", ...waiting, `${scene.secure}/`),
    "413 0",
  );
  // Without waiting it is told too, by a connection that takes what it still sends.
  const { stdout } = await ran("curl", ["-sS", ...write, "-H", "Expect:", "-T", file, `${scene.plain}/`]);
  assert.match(stdout, /^413 /);
});

test("curl downloads 20 MB slowly, and has them whole", async () => {
  const body = someBytes(20 * MIB);
  await using origin = await httpOrigin((_, response) => {
    response.setHeader("Content-Length", body.length);
    response.end(body);
  });
  await using scene = await peerScene([origin.port]);
  const slowly = ["--limit-rate", "16M"];
  const got = await Promise.all(ways(scene).map(({ args, url }) => curl(...args, ...slowly, `${url}/`)));
  for (const [at, text] of got.entries()) assert.equal(sha256(text), sha256(body), ways(scene)[at]?.name);
});

test("curl asks for 60 things at once, ten at a time, over one connection of HTTP/2 or ten of HTTP/1.1", async () => {
  await using origin = await httpOrigin((incoming, response) => response.end(`${incoming.url}\n`));
  await using scene = await peerScene([origin.port]);
  for (const { name, args, url, version } of keptWays(scene)) {
    const parallel = ["--parallel", "--parallel-max", "10", "-o", join(scene.folder.path, "#1")];
    const written = await curl(
      ...args,
      ...parallel,
      "-w",
      "%{response_code} %{num_connects}\n",
      `${url}/[1-60]`,
    );
    const lines = written.trim().split("\n");
    assert.equal(lines.length, 60, name);
    assert.ok(
      lines.every((line) => line.startsWith("200 ")),
      name,
    );
    const made = lines.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
    if (version === "2") assert.ok(made < 10, `${name} made ${made} connections`);
    else assert.ok(made <= 20, `${name} made ${made} connections`);
    assert.equal(await readFile(join(scene.folder.path, "37"), "utf8"), "/37\n", name);
  }
});

test("curl keeps a connection for many requests, follows redirects, and sees trailers and early hints", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    if (incoming.url === "/old") {
      response.writeHead(302, { Location: "/new" }).end();
      return;
    }
    if (incoming.url === "/hints") response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write(`${incoming.url};`);
    response.addTrailers({ "X-Sum": "42" });
    response.end();
  });
  await using scene = await peerScene([origin.port]);
  for (const { name, args, url } of keptWays(scene)) {
    assert.equal(await curl(...args, "-L", "-w", "%{num_connects}", `${url}/old`), "/new;1", name);
    const got = await curl(...args, "-w", "%{num_connects} ", `${url}/[1-5]`);
    assert.equal(got, "/1;1 /2;0 /3;0 /4;0 /5;0 ", name);
  }
  for (const { name, args, url } of ways(scene)) {
    const heads = await curl(...args, "-D", "-", "-o", "/dev/null", `${url}/hints`);
    assert.match(heads, /^HTTP\/[12.]+ 103/, name);
    assert.match(heads, /\r\nHTTP\/[12.]+ 200/, name);
    assert.match(heads, /\r\n\r\nx-sum: 42\r\n/i, name);
  }
});

test("curl sees the status and the envelope of what the edge refuses", async () => {
  await using scene = await peerScene([], { limits: { bodyBytes: 10 } });
  const status = ["-o", "/dev/null", "-w", "%{http_code}"];
  for (const { name, args, url, version } of ways(scene)) {
    assert.equal(await curl(...args, ...status, "--path-as-is", `${url}/a/../b`), "400", name);
    const { code, stdout } = await ran("curl", ["-sS", ...args, ...status, "-d", "far more than ten", url]);
    // A reset without error behind a whole answer (RFC 9113, section 8.1) takes the answer from curl 7.88, nginx's too.
    if (code !== 92 || version !== "2") assert.equal(stdout, "413", name);
    assert.equal(await curl(...args, ...status, "-H", `X-Fill: ${"x".repeat(20_000)}`, url), "431", name);
    const { error } = JSON.parse(await curl(...args, url)) as { error: { code: string } };
    assert.equal(error.code, "UPSTREAM_UNAVAILABLE", name);
  }
});

test("curl reports an answer that broke off as broken", async () => {
  await using origin = await httpOrigin((_, response) => {
    response.write("half");
    setImmediate(() => response.destroy());
  });
  await using scene = await peerScene([origin.port]);
  for (const { name, args, url } of ways(scene)) {
    const { code, stdout } = await ran("curl", ["-sS", ...args, url]);
    // 18: less than was promised; 56: cut; 92: a stream of HTTP/2 was not closed cleanly.
    assert.ok([18, 56, 92].includes(code), `${name}: ${code}`);
    assert.ok("half".startsWith(stdout), name);
  }
});
