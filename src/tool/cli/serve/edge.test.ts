import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getOverTls } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Spawned, trestle } from "../testing/spawned.ts";

const folder = mkdtempSync(join(tmpdir(), "trestle-serve-edge-"));
after(() => rmSync(folder, { recursive: true }));

/** A configuration whose only answer is this. */
function saying(body: string, more = ""): string {
  return `import { defineEdge } from "trestle/edge";
export default defineEdge({
  listeners: [
    { host: "127.0.0.1", port: 0, routes: [{ path: "/*", answer: { status: 200, body: ${JSON.stringify(body)} } }] },
    { kind: "tcp", host: "127.0.0.1", port: 0, to: "nobody" },
  ],
  upstreams: { nobody: { endpoints: [] } },
  ${more}
});`;
}

interface Serving {
  readonly type: string;
  readonly url: string;
  readonly addresses: readonly { readonly kind: string; readonly url: string }[];
}

async function announced(edge: Spawned): Promise<Serving> {
  await edge.said("\n");
  return JSON.parse(edge.out.split("\n")[0] ?? "");
}

async function textAt(url: string): Promise<string> {
  return await (await fetch(url, { headers: { connection: "close" } })).text();
}

describe("serve edge --config", () => {
  test("says what listens where, takes up each change, keeps what it has where the change is wrong, and ends in order", async () => {
    const file = join(folder, "edge.ts");
    writeFileSync(file, saying("one", 'admin: { port: 0, token: "0123456789abcdef" },'));
    await using edge = new Spawned(["serve", "edge", "--config", "edge.ts", "--watch", "--json"], { folder });
    const { url, addresses } = await announced(edge);
    assert.deepEqual(
      addresses.map(({ kind }) => kind),
      ["http", "tcp", "admin"],
    );
    assert.ok(addresses.every((one) => Number(new URL(one.url).port) > 0));
    assert.equal(await textAt(url), "one");
    assert.match(await textAt(`${addresses[2]?.url}/metrics`), /^# /);

    writeFileSync(file, saying("two"));
    await edge.said('{"type":"reloaded","file":"edge.ts"}');
    assert.equal(await textAt(url), "two");

    writeFileSync(file, saying("three", "workerss: 1,"));
    await edge.said('"type":"refused"');
    const refused = JSON.parse(edge.out.split("\n").find((line) => line.includes("refused")) ?? "");
    assert.equal(refused.error.code, "INVALID_CONFIG");
    assert.match(refused.error.message, /^edge\.ts cannot be put in force:\n {2}workerss means nothing/);
    assert.equal(await textAt(url), "two");

    edge.signal("SIGINT");
    assert.equal(await edge.exited, 0);
    assert.equal(edge.err, "");
  });

  test("reads a file again on SIGHUP, of JSON as well, with several workers", async () => {
    const file = join(folder, "edge.json");
    const config = (body: string) =>
      JSON.stringify({
        listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", answer: { status: 200, body } }] }],
        upstreams: {},
        accessLog: { to: "access.jsonl" },
      });
    writeFileSync(file, config("one"));
    await using edge = new Spawned(["serve", "edge", "-c", "edge.json", "--workers", "2"], { folder });
    await edge.said("SIGHUP");
    const url = /Serving edge at (\S+)/.exec(edge.out)?.[1] ?? "";
    assert.equal(await textAt(url), "one");
    writeFileSync(file, config("two"));
    edge.signal("SIGHUP");
    while (!edge.err.includes("edge.json is in force"))
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await textAt(url), "two");
    edge.signal("SIGTERM");
    assert.equal(await edge.exited, 0);
    // Paths start at the file, and what was logged is there.
    assert.match(readFileSync(join(folder, "access.jsonl"), "utf8"), /"status":200/);
  });

  test("does not go with what the file says, and names the file that is not there", async () => {
    const both = await trestle(folder, "serve", "edge", "--config", "edge.json", "--port", "80");
    assert.equal(both.exitCode, 2);
    assert.match(both.err, /^trestle: --port does not go with --config: write it into the file\n$/);
    const missing = await trestle(folder, "serve", "edge", "--config", "nothing.ts");
    assert.deepEqual(missing, {
      exitCode: 1,
      out: "",
      err: "trestle: nothing.ts cannot be read: there is no such file\n",
    });
    const watch = await trestle(folder, "serve", "edge", "--to", "http://127.0.0.1:1", "--watch");
    assert.equal(watch.exitCode, 2);
  });
});

test("serve edge --tls speaks TLS with certificates that its own root vouches for", async () => {
  const args = ["serve", "edge", "--port", "0", "--to", "http://127.0.0.1:1", "--tls", "--json"];
  await using edge = new Spawned(args, { folder });
  const { url } = await announced(edge);
  const ca = readFileSync(join(folder, ".trestle", "authority", "root.pem"));
  const status = await new Promise((resolve, reject) => {
    getOverTls(url, { ca, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once("error", reject);
  });
  assert.equal(status, 503);
});
