import assert from "node:assert/strict";
import { test } from "node:test";
import type { AffinityConfig, UpstreamConfig } from "./config/index.ts";
import type { RunningEdge } from "./edge.ts";
import { type Answered, ask, configFor, edgeFor, httpOrigin, type Origin } from "./testing/servers.ts";

function named(name: string): Promise<Origin> {
  return httpOrigin((_, response) => {
    response.setHeader("Set-Cookie", "own=1");
    response.end(name);
  });
}

function edgeWith(
  ports: readonly number[],
  affinity: AffinityConfig,
  more: Omit<UpstreamConfig, "endpoints"> = {},
): Promise<RunningEdge & AsyncDisposable> {
  return edgeFor(ports, { upstream: { affinity, ...more } });
}

/** The cookie that an answer sets for the affinity, as a client would send it back. */
function cookieOf({ headers }: Answered): string | undefined {
  const set = headers["set-cookie"]?.find((one) => one.startsWith("stay="));
  return set?.slice(0, set.indexOf(";"));
}

async function bodies(port: number, count: number, headers: readonly string[]): Promise<string> {
  let seen = "";
  for (let asked = 0; asked < count; asked++) seen += (await ask(port, { headers })).body;
  return seen;
}

test("a client that sends its cookie back stays with its server; one that does not goes round", async () => {
  await using one = await named("1");
  await using two = await named("2");
  await using edge = await edgeWith([one.port, two.port], { by: "cookie", name: "stay" });
  assert.equal(await bodies(edge.port, 4, []), "1212");
  const first = await ask(edge.port);
  const cookie = cookieOf(first);
  assert.ok(cookie);
  assert.deepEqual(first.headers["set-cookie"]?.[0], "own=1");
  assert.equal(await bodies(edge.port, 4, ["Cookie", `a=b; ${cookie}`]), first.body.repeat(4));
  const again = await ask(edge.port, { headers: ["Cookie", cookie] });
  assert.equal(cookieOf(again), undefined, "a fresh cookie is not set again");
});

test("a cookie that was made up, or of another edge, counts for nothing, and a good one is given", async () => {
  await using one = await named("1");
  await using two = await named("2");
  await using edge = await edgeWith([one.port, two.port], { by: "cookie", name: "stay" });
  await using stranger = await edgeWith([one.port, two.port], { by: "cookie", name: "stay" });
  for (const cookie of ["stay=x", "stay=service.1", cookieOf(await ask(stranger.port)) ?? ""]) {
    const answer = await ask(edge.port, { headers: ["Cookie", cookie] });
    const given = cookieOf(answer);
    assert.ok(given && given !== cookie);
  }
});

test("a client whose server is gone from the configuration gets another, and its cookie", async () => {
  await using one = await named("1");
  await using two = await named("2");
  const affinity = { by: "cookie", name: "stay" } as const;
  await using edge = await edgeWith([one.port, two.port], affinity);
  const first = await ask(edge.port);
  const cookie = cookieOf(first) ?? "";
  const left = first.body === "1" ? two : one;
  const config = configFor([left.port], { upstream: { affinity } });
  const [endpoint] = config.upstreams.service?.endpoints ?? [];
  const id = first.body === "1" ? "service.2" : "service.1";
  await edge.update({
    ...config,
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] }],
    upstreams: { service: { affinity, endpoints: endpoint ? [{ ...endpoint, id }] : [] } },
  });
  const moved = await ask(edge.port, { headers: ["Cookie", cookie] });
  assert.notEqual(moved.body, first.body);
  const given = cookieOf(moved) ?? "";
  assert.ok(given !== "" && given !== cookie);
  const stays = await ask(edge.port, { headers: ["Cookie", given] });
  assert.deepEqual([stays.body, cookieOf(stays)], [moved.body, undefined]);
});

test("a client whose server refuses connections is served by another at once, whatever it asks", async () => {
  await using one = await named("1");
  await using two = await named("2");
  await using edge = await edgeWith([one.port, two.port], { by: "cookie", name: "stay" });
  const first = await ask(edge.port);
  const headers = ["Cookie", cookieOf(first) ?? ""];
  await (first.body === "1" ? one : two).kill();
  const moved = await ask(edge.port, { method: "POST", body: "x", headers });
  assert.deepEqual([moved.status, moved.body], [200, first.body === "1" ? "2" : "1"]);
});

test("with affinity by a field, equal values stay together, and many spread", async () => {
  await using one = await named("1");
  await using two = await named("2");
  await using edge = await edgeWith([one.port, two.port], { by: "header", name: "X-Tenant" });
  const seen = new Set<string>();
  for (let tenant = 0; tenant < 20; tenant++) {
    const all = await bodies(edge.port, 3, ["X-Tenant", `tenant-${tenant}`]);
    assert.match(all, /^(?:111|222)$/);
    seen.add(all);
  }
  assert.equal(seen.size, 2);
});

test("with affinity by address, a client stays where it is, and moves when its server dies", async () => {
  await using one = await named("1");
  await using two = await named("2");
  await using edge = await edgeWith([one.port, two.port], { by: "ip" });
  const all = await bodies(edge.port, 5, []);
  assert.match(all, /^(?:11111|22222)$/);
  await (all.startsWith("1") ? one : two).kill();
  assert.equal(await bodies(edge.port, 3, []), all.startsWith("1") ? "222" : "111");
});

test("behind a trusted proxy, affinity by address goes by the client's address", async () => {
  await using one = await named("1");
  await using two = await named("2");
  const route = { path: "/*", to: "service" };
  await using edge = await edgeFor([one.port, two.port], {
    upstream: { affinity: { by: "ip" } },
    listeners: [{ host: "127.0.0.1", port: 0, trustedHops: 1, routes: [route] }],
  });
  const seen = new Set<string>();
  for (let net = 0; net < 20; net++) {
    const all = await bodies(edge.port, 2, ["X-Forwarded-For", `6.6.6.6, 198.51.${net}.7`]);
    assert.match(all, /^(?:11|22)$/);
    seen.add(all);
  }
  assert.equal(seen.size, 2);
});
