import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../config/index.ts";
import { ask, closedPort, codeIn, configFor, gate, httpOrigin } from "../testing/servers.ts";
import { EdgeProcess, survivors, until } from "./testing/edge-process.ts";
import { load, RESET_WHEN_NEW } from "./testing/load.ts";
import { Operator, TOKEN } from "./testing/operator.ts";
import { eachAlone } from "./testing/turns-of-workers.ts";

/** An edge of two workers that operators can reach. */
async function staged(ports: readonly number[], more: Parameters<typeof configFor>[1] = {}) {
  const admin = { port: await closedPort(), token: TOKEN };
  const config: EdgeConfig = { ...configFor(ports, more), workers: 2, admin };
  const edge = await EdgeProcess.start(config);
  return {
    config,
    edge,
    operator: new Operator(admin.port),
    [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose](),
  };
}

/** The bodies that each of the workers alone answers with. */
async function answersOfEach(edge: EdgeProcess): Promise<string[]> {
  const answers: string[] = [];
  await eachAlone(await edge.workers(), async () => {
    answers.push((await ask(edge.port)).body);
  });
  return answers;
}

describe("the operators of several workers", () => {
  test("see them as one: counts add up, and so does what is known of endpoints", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    await eachAlone(await it.edge.workers(), async () => {
      for (let count = 0; count < 3; count++) await ask(it.edge.port);
    });
    const served = () => it.operator.metric("trestle_edge_requests_total");
    await until("all requests to be counted", async () => (await served()) === 6);
    assert.equal(await it.operator.metric("trestle_edge_workers"), 2);
    assert.equal(await it.operator.metric("trestle_edge_endpoint_up"), 2);
    const { body } = await it.operator.call("GET", "/clusters/service");
    const [endpoint] = (JSON.parse(body) as { endpoints: { state: string; requests: number }[] }).endpoints;
    assert.deepEqual([endpoint?.state, endpoint?.requests], ["up", 6]);
  });

  test("never see a count fall, while workers are killed and replaced under load", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    const traffic = load(it.edge.port);
    let before: ReadonlyMap<string, number> = new Map();
    let isOver = false;
    let readings = 0;
    const watching = (async () => {
      while (!isOver) {
        const now = await it.operator.counters();
        for (const [name, value] of before) {
          assert.ok((now.get(name) ?? 0) >= value, `${name} fell from ${value} to ${now.get(name)}`);
        }
        before = now;
        readings += 1;
      }
    })();
    await traffic.more(40);
    const [victim = 0] = await it.edge.workers();
    process.kill(victim, "SIGKILL");
    await it.edge.next("worker");
    await it.edge.next("worker");
    await traffic.more(40);
    assert.equal((await it.edge.replaceWorkers()).error, undefined);
    await traffic.more(40);
    await traffic.stop();
    isOver = true;
    await watching;
    assert.ok(readings > 5, `${readings}`);
    assert.ok(
      (await it.operator.metric("trestle_edge_requests_total")) <= traffic.answered + traffic.failures.length,
    );
  });

  test("are told of a worker that hangs what it told last, and wait no longer than a second", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    for (let count = 0; count < 10; count++) await ask(it.edge.port);
    const requests = (counters: ReadonlyMap<string, number>) =>
      counters.get('trestle_edge_requests_total {"route":"/*","status":"200"}') ?? 0;
    const before = requests(await it.operator.counters());
    assert.ok(before > 0);
    await eachAlone(await it.edge.workers(), async () => {
      const asked = systemClock.monotonicMs();
      const told = await Promise.all(Array.from({ length: 20 }, () => it.operator.counters()));
      assert.ok(systemClock.monotonicMs() - asked < 10_000, "all who ask wait together");
      for (const counters of told) assert.ok(requests(counters) >= before);
      assert.deepEqual(await it.operator.health(), [200, "serving"]);
    });
  });

  test("lose no count to a replacement, even when nobody has asked before", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    for (let count = 0; count < 10; count++) await ask(it.edge.port);
    assert.equal((await it.edge.replaceWorkers()).error, undefined);
    assert.equal(await it.operator.metric("trestle_edge_requests_total"), 10);
    assert.equal(await it.operator.metric("trestle_edge_workers"), 2);
  });

  test("add and remove replicas in all of them, and change the whole", async () => {
    await using one = await httpOrigin((_, response) => response.end("1"));
    await using two = await httpOrigin((_, response) => response.end("2"));
    await using it = await staged([one.port]);
    assert.deepEqual(await answersOfEach(it.edge), ["1", "1"]);
    const put = await it.operator.useEndpoints("service", [two.port]);
    assert.deepEqual([put.status, put.body], [200, '{"drained":true}\n']);
    assert.deepEqual(await answersOfEach(it.edge), ["2", "2"]);

    const answer = { answer: { status: 200, body: "3" } };
    const listeners = [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", ...answer }] }];
    const read = JSON.parse((await it.operator.call("GET", "/config")).body) as EdgeConfig;
    assert.equal(read.upstreams.service?.endpoints[0]?.port, two.port);
    assert.equal((await it.operator.call("PUT", "/config", { ...read, listeners })).status, 200);
    assert.deepEqual(await answersOfEach(it.edge), ["3", "3"]);
    // Workers that come later are told the same.
    assert.equal((await it.edge.replaceWorkers()).error, undefined);
    assert.deepEqual(await answersOfEach(it.edge), ["3", "3"]);
  });

  test("are told why a configuration is refused, and it is in force nowhere", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using taken = await httpOrigin(() => {});
    await using it = await staged([origin.port]);
    const { status, body } = await it.operator.call("PUT", "/config", { ...it.config, listeners: [] });
    assert.deepEqual([status, codeIn({ body })], [422, "INVALID_CONFIG"]);
    for (const changed of [
      { ...it.config, admin: { port: taken.port, token: TOKEN } },
      { ...it.config, listeners: [{ host: "127.0.0.1", port: taken.port, routes: [] }] },
    ]) {
      const refused = await it.operator.call("PUT", "/config", changed);
      assert.deepEqual([refused.status, codeIn(refused)], [409, "PORT_IN_USE"]);
    }
    // Only workers can find this out.
    const accessLog = { to: "/nowhere/access.log" };
    const refused = await it.operator.call("PUT", "/config", { ...it.config, accessLog });
    assert.deepEqual([refused.status, codeIn(refused)], [422, "INVALID_CONFIG"]);
    assert.deepEqual(await answersOfEach(it.edge), ["ok", "ok"]);
    const { body: read } = await it.operator.call("GET", "/config");
    assert.equal((JSON.parse(read) as EdgeConfig).accessLog, undefined);
  });

  test("find their server at another port and with another token once an update says so", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    const { port } = it.operator;
    const token = "another-token-for-operators";
    await it.edge.update({ ...it.config, admin: { port, token } });
    assert.equal((await it.operator.call("GET", "/config")).status, 401);
    const moved = { port: await closedPort(), token };
    const put = await new Operator(port, token).call("PUT", "/config", { ...it.config, admin: moved });
    assert.equal(put.status, 200, "asked for at the server that moves away");
    assert.equal((await new Operator(moved.port, token).call("GET", "/config")).status, 200);
    await until("a refusal", () =>
      it.operator.health().then(
        () => false,
        () => true,
      ),
    );
    const { admin: _, ...without } = it.config;
    await it.edge.update(without);
    await until("another", () =>
      ask(moved.port, { path: "/health" }).then(
        () => false,
        () => true,
      ),
    );
  });
});

describe("an edge of several workers that its operators drain", () => {
  test("fails no request, says so while it drains, and ends in order", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    const workers = await it.edge.workers();
    const traffic = load(it.edge.port);
    await traffic.more(40);
    const exited = once(it.edge.child, "exit");
    assert.deepEqual(await it.operator.health(), [200, "serving"]);
    assert.equal((await it.operator.call("POST", "/drain")).status, 202);
    await it.edge.next("drained");
    assert.deepEqual(await exited, [0, null]);
    await traffic.stop();
    // Nobody else holds its sockets: who comes afterwards is refused, and nobody is cut off. The kernel alone sees who connects between
    // a worker's last look and its closing, and resets them.
    const failures = traffic.failures.filter((failure) => failure !== "ECONNREFUSED");
    assert.ok(failures.length <= 2 && failures.every((failure) => failure === RESET_WHEN_NEW), `${failures}`);
    assert.deepEqual(await survivors(workers), []);
  });

  test("goes on with what is under way, is not healthy meanwhile, and still lets endpoints go", async () => {
    const held = gate();
    await using slow = await httpOrigin((_, response) => void held.opened.then(() => response.end("slow")));
    await using other = await httpOrigin((_, response) => response.end("other"));
    await using it = await staged([slow.port], { limits: { drainTimeoutMs: 20_000 } });
    const asked = once(slow.server, "request");
    const answer = ask(it.edge.port);
    await asked;
    assert.equal((await it.operator.call("POST", "/drain")).status, 202);
    assert.deepEqual(await it.operator.health(), [503, "draining"]);
    const leaving = it.operator.useEndpoints("service", [other.port]);
    const read = async () => (await it.operator.call("GET", "/clusters/service/endpoints")).body;
    await until("the change", async () => (await read()).includes(`${other.port}`));
    const more = { ...it.config, listeners: [{ host: "127.0.0.1", port: await closedPort(), routes: [] }] };
    assert.equal((await it.operator.call("PUT", "/config", more)).status, 503, "it listens nowhere else");
    held.open();
    assert.equal((await answer).body, "slow");
    assert.equal((await leaving).body, '{"drained":true}\n');
    assert.deepEqual(await it.edge.next("drained"), { type: "drained", drained: true });
    if (it.edge.child.exitCode === null) await once(it.edge.child, "exit");
    assert.equal(it.edge.child.exitCode, 0);
  });

  test("waits to be ended where its parent has it drained too", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using it = await staged([origin.port]);
    await Promise.all([it.edge.drain(), it.operator.call("POST", "/drain")]);
    assert.deepEqual(await it.operator.health(), [503, "draining"]);
    assert.equal(it.edge.child.exitCode, null);
    await it.edge.end();
    assert.equal(it.edge.child.exitCode, 0);
  });
});

test("changes come through while workers are replaced and killed", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using it = await staged([one.port]);
  const replaced = it.edge.replaceWorkers();
  let isOver = false;
  void replaced.then(() => {
    isOver = true;
  });
  let changes = 0;
  for (; !isOver || changes % 2 === 0; changes++) {
    const put = await it.operator.useEndpoints("service", [changes % 2 === 0 ? two.port : one.port]);
    assert.equal(put.status, 200, put.body);
    if (changes === 1) process.kill((await it.edge.workers())[0] ?? 0, "SIGKILL");
  }
  assert.equal((await it.operator.useEndpoints("service", [two.port])).status, 200);
  await replaced;
  await until("both", async () => (await it.operator.metric("trestle_edge_workers")) === 2);
  assert.deepEqual(await answersOfEach(it.edge), ["2", "2"]);
  assert.ok(changes > 1, `${changes} changes`);
});
