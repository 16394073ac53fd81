import assert from "node:assert/strict";
import { test } from "node:test";
import { EdgeMetrics } from "../observe/metrics.ts";
import { readExposition } from "../observe/testing/exposition.ts";
import { record } from "../observe/testing/records.ts";
import { ask, gate, RawClient } from "../testing/servers.ts";
import { CONFIG, errorIn, placesIn, scene, TOKEN } from "./testing/scene.ts";

test("health and metrics are told to anyone on the machine, everything else to those who have the token", async () => {
  await using it = await scene();
  for (const path of ["/health", "/metrics"]) assert.equal((await ask(it.port, { path })).status, 200);
  for (const path of ["/config", "/clusters", "/clusters/shop", "/clusters/shop/endpoints", "/drain", "/x"]) {
    const answer = await ask(it.port, { path });
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
  }
  for (const path of ["/config", "/clusters", "/clusters/shop", "/clusters/shop/endpoints"]) {
    assert.equal((await it.call("GET", path)).status, 200, path);
  }
});

test("a drained edge is not healthy, and keeps no connection", async () => {
  await using it = await scene();
  const before = await it.call("GET", "/health");
  assert.deepEqual([before.status, before.json], [200, { state: "serving" }]);
  const drain = await it.call("POST", "/drain");
  assert.deepEqual([drain.status, drain.json], [202, { state: "draining" }]);
  assert.equal(it.control.drains, 1);
  const after = await it.call("GET", "/health");
  assert.deepEqual([after.status, after.json], [503, { state: "draining" }]);
  assert.equal(after.headers.connection, "close");
});

test("metrics come in the format that is asked for", async () => {
  await using it = await scene();
  const metrics = new EdgeMetrics();
  metrics.configure({ routes: ["/things/*"], upstreams: [], listeners: [] });
  metrics.exchangeDone(record());
  it.control.snapshot = metrics.snapshot();
  const text = await it.call("GET", "/metrics");
  assert.equal(text.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(readExposition(text.body, "text")[0]?.name, "trestle_edge_requests_total");
  const open = await it.call("GET", "/metrics", { headers: ["Accept", "application/openmetrics-text"] });
  assert.equal(open.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(readExposition(open.body, "openmetrics")[0]?.name, "trestle_edge_requests");
});

test("a configuration is read without its secrets, changed, and written back with them", async () => {
  await using it = await scene({
    ...CONFIG,
    listeners: [
      {
        host: "127.0.0.1",
        port: 8_080,
        routes: [
          {
            path: "/*",
            to: "shop",
            rewrite: { requestHeaders: { Authorization: "Basic abc", "X-Pass": "hunter2", "X-A": "b" } },
          },
        ],
      },
    ],
    upstreams: { shop: { endpoints: [], affinity: { by: "cookie", secret: "signs-the-cookies" } } },
    telemetry: {
      endpoint: "http://127.0.0.1:4318",
      headers: { "x-tenant": "opens-the-collector" },
      service: { name: "front" },
    },
  });
  const read = await it.call("GET", "/config");
  for (const secret of [TOKEN, "signs-the-cookies", "Basic abc", "hunter2", "opens-the-collector"])
    assert.ok(!read.body.includes(secret), secret);
  assert.ok(read.body.includes('"X-A":"b"'));
  const config = read.json as typeof CONFIG;
  const documentationUrl = "/elsewhere";
  const upstreams = { other: { endpoints: [] }, ...config.upstreams };
  const before = it.control.config();
  const written = await it.call("PUT", "/config", { json: { ...config, upstreams, documentationUrl } });
  assert.deepEqual([written.status, written.json], [200, { drained: true }]);
  assert.deepEqual(it.control.config(), {
    ...before,
    documentationUrl,
    upstreams: { other: { endpoints: [] }, ...before.upstreams },
  });
  assert.equal(written.headers.etag, (await it.call("GET", "/config")).headers.etag);
  assert.notEqual(written.headers.etag, read.headers.etag);
});

test("a name of a secret that is not in force is no secret", async () => {
  await using it = await scene();
  const admin = { port: 9_000, token: "redacted:AAAAAAAAAAAAAAAAAAAAAA" };
  const answer = await it.call("PUT", "/config", { json: { ...CONFIG, admin } });
  assert.equal(answer.status, 422);
  assert.deepEqual(errorIn(answer).details, [{ place: "admin.token" }]);
  assert.equal(it.control.config(), CONFIG);
});

test("a configuration that is wrong is refused with the place and the problem, and the old one stays", async () => {
  await using it = await scene();
  const answer = await it.call("PUT", "/config", { json: { ...CONFIG, listeners: [] } });
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.json, {
    error: {
      code: "INVALID_CONFIG",
      message: errorIn(answer).message,
      details: errorIn(answer).details,
      request_id: answer.headers["x-request-id"],
      documentation_url: "https://docs.example/errors#INVALID_CONFIG",
    },
  });
  assert.match(errorIn(answer).message, /^listeners is empty: write /);
  assert.deepEqual(placesIn(answer), ["listeners"]);
  assert.equal(it.control.config(), CONFIG);
  for (const json of [[], "text", 1, null, {}]) {
    assert.equal((await it.call("PUT", "/config", { json })).status, 422, JSON.stringify(json));
  }
});

test("endpoints of one upstream are replaced, as often as one likes", async () => {
  await using it = await scene();
  const endpoints = [
    { id: "shop.1", host: "127.0.0.1", port: 4_001 },
    { id: "shop.2", host: "127.0.0.1", port: 4_002, weight: 3 },
  ];
  const tags = [];
  for (let time = 0; time < 2; time++) {
    const answer = await it.call("PUT", "/clusters/shop/endpoints", { json: { endpoints } });
    assert.deepEqual([answer.status, answer.json], [200, { drained: true }]);
    tags.push(answer.headers.etag);
  }
  assert.equal(tags[0], tags[1]);
  assert.deepEqual(it.control.config(), { ...CONFIG, upstreams: { shop: { endpoints } } });
  const read = await it.call("GET", "/clusters/shop/endpoints");
  assert.deepEqual(read.json, { endpoints });
  assert.equal(read.headers.etag, tags[0]);
  const shop = (await it.call("GET", "/clusters/shop")).json as { endpoints: { id: string }[] };
  assert.deepEqual(
    shop.endpoints.map(({ id }) => id),
    ["shop.1", "shop.2"],
  );
  const all = (await it.call("GET", "/clusters")).json as { data: object[] };
  assert.deepEqual(all.data, [shop]);
});

test("upstreams are found by their names, however those are written", async () => {
  const endpoints = [{ id: "a", host: "127.0.0.1", port: 1 }];
  const upstreams = { ...CONFIG.upstreams, "a/b c": { endpoints }, ["__proto__"]: { endpoints } };
  await using it = await scene({ ...CONFIG, upstreams });
  for (const name of ["a%2Fb%20c", "__proto__"]) {
    assert.deepEqual((await it.call("GET", `/clusters/${name}/endpoints`)).json, { endpoints });
    const answer = await it.call("PUT", `/clusters/${name}/endpoints`, { json: { endpoints: [] } });
    assert.equal(answer.status, 200);
    assert.deepEqual((await it.call("GET", `/clusters/${name}/endpoints`)).json, { endpoints: [] });
  }
  assert.ok(Object.hasOwn(it.control.config().upstreams, "shop"));
  for (const path of ["/clusters/none/endpoints", "/clusters/none", "/clusters/toString/endpoints"]) {
    assert.equal(errorIn(await it.call("GET", path)).code, "NOT_FOUND", path);
  }
  const put = await it.call("PUT", "/clusters/none/endpoints", { json: { endpoints: [] } });
  assert.equal(put.status, 404);
});

test("endpoints that are wrong are refused with the place, and nothing changes", async () => {
  await using it = await scene();
  const good = { id: "shop.1", host: "127.0.0.1", port: 4_001 };
  for (const [endpoint, place] of [
    [null, "endpoints[1]"],
    [[], "endpoints[1]"],
    [{ ...good, wieght: 2 }, "endpoints[1].wieght"],
    [{ ...good, id: 1 }, "endpoints[1].id"],
    [{ ...good, id: "2", host: {} }, "endpoints[1].host"],
    [{ ...good, id: "2", port: "80" }, "endpoints[1].port"],
    [{ ...good, id: "2", port: 0 }, "endpoints[1].port"],
    [{ ...good, id: "2", weight: "1" }, "endpoints[1].weight"],
    [good, "endpoints[1].id"],
  ] as const) {
    const json = { endpoints: [good, endpoint] };
    const answer = await it.call("PUT", "/clusters/shop/endpoints", { json });
    assert.equal(answer.status, 422, JSON.stringify(endpoint));
    assert.deepEqual(placesIn(answer), [`upstreams.shop.${place}`]);
  }
  for (const json of [{}, [], { endpoints: {} }, "x"]) {
    assert.equal((await it.call("PUT", "/clusters/shop/endpoints", { json })).status, 400);
  }
  assert.equal(it.control.config(), CONFIG);
});

test("with If-Match nobody's change is lost: of two that read the same, one is told to read again", async () => {
  await using it = await scene();
  const { headers } = await it.call("GET", "/clusters/shop/endpoints");
  const put = (port: number, tag: string) =>
    it.call("PUT", "/clusters/shop/endpoints", {
      headers: ["If-Match", tag],
      json: { endpoints: [{ id: "shop.1", host: "127.0.0.1", port }] },
    });
  const tag = headers.etag ?? "";
  const answers = await Promise.all([put(1, tag), put(2, tag)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
  const refused = answers.find(({ status }) => status === 412);
  assert.ok(refused);
  assert.equal(errorIn(refused).code, "PRECONDITION_FAILED");
  assert.equal((await put(3, "*")).status, 200);
  const { etag } = (await it.call("GET", "/config")).headers;
  assert.equal((await put(3, `"other", ${etag}`)).status, 200);
  for (const match of ['"other"', "", `W/${etag}`]) {
    assert.equal((await put(4, match)).status, 412, match);
  }
});

test("a change is answered once it has drained, and others need not wait for that", async () => {
  await using it = await scene();
  const drained = gate();
  it.control.draining = drained.opened;
  const put = it.call("PUT", "/clusters/shop/endpoints", { json: { endpoints: [] } });
  while (it.control.config() === CONFIG) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await it.call("GET", "/health")).status, 200);
  let answered = false;
  void put.then(() => {
    answered = true;
  });
  assert.equal(answered, false);
  drained.open();
  assert.equal((await put).status, 200);
});

test("other methods are told which there are, and other paths that there is nothing", async () => {
  await using it = await scene();
  for (const [method, path, allow] of [
    ["POST", "/health", "GET, HEAD"],
    ["DELETE", "/config", "GET, HEAD, PUT"],
    ["PATCH", "/clusters/shop/endpoints", "GET, HEAD, PUT"],
    ["PUT", "/clusters", "GET, HEAD"],
    ["GET", "/drain", "POST"],
  ] as const) {
    const answer = await it.call(method, path);
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.equal(answer.headers.allow, allow);
  }
  for (const path of ["/", "/config/", "/clusters/shop/", "//config", "/clusters/%zz/endpoints", "/Config"]) {
    assert.equal((await it.call("GET", path)).status, 404, path);
  }
  const head = await it.call("HEAD", "/config");
  assert.deepEqual([head.status, head.body], [200, ""]);
  assert.equal((await it.call("GET", "/health?verbose=1")).status, 200);
});

test("the request's id is the caller's where it is sane, and stands in errors", async () => {
  await using it = await scene();
  const one = await it.call("GET", "/nothing", { headers: ["X-Request-Id", "abc-1"] });
  assert.equal((one.json as { error: { request_id: string } }).error.request_id, "abc-1");
  const two = await it.call("GET", "/nothing", { headers: ["X-Request-Id", 'a"b'] });
  assert.match(String(two.headers["x-request-id"]), /^[a-z0-9]{10}-1$/);
});

test("a server that closes answers what is under way, and takes nothing more", async () => {
  await using it = await scene();
  await using idle = new RawClient(it.port);
  const drained = gate();
  it.control.draining = drained.opened;
  const put = it.call("PUT", "/clusters/shop/endpoints", { json: { endpoints: [] } });
  while (it.control.config() === CONFIG) await new Promise((resolve) => setImmediate(resolve));
  const closed = it.admin.close();
  drained.open();
  assert.equal((await put).status, 200);
  await it.clock.advance(1_000);
  await closed;
  await idle.toEnd();
  await assert.rejects(ask(it.port, { path: "/health" }), { code: "ECONNREFUSED" });
});
