import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { ActionInfo } from "../../control-api/index.ts";
import { until } from "../testdata/stage.ts";
import { ask, edge, HEALTHZ, load, run, service } from "../testdata/system.ts";

/** A running system of one service behind an edge, and its API as the console speaks to it. */
async function stage(t: TestContext) {
  const front = await edge("front", "api");
  const staged = await run(t, [service("api", { replicas: 2, health: HEALTHZ }), front]);
  await staged.system.ready;
  const { port, token } = JSON.parse(readFileSync(join(staged.stateFolder, "control.json"), "utf8"));
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  };
  return { ...staged, front, call };
}

describe("the actions of a part", () => {
  test("are told with their fields, and others are refused with what is wrong", async (t) => {
    const { call } = await stage(t);
    const ids = async (part: string) =>
      (await call("GET", `parts/${part}/actions`)).body.data.map(({ id }: ActionInfo) => id);
    assert.deepEqual(await ids("api"), ["scale", "restart", "stop-replica", "start-replica", "kill-replica"]);
    assert.deepEqual(await ids("front"), ["restart", "kill-replica", "trickle"]);
    const refused = async (path: string, body: object) => {
      const answer = await call("POST", path, body);
      return `${answer.status} ${answer.body.error.code} ${answer.body.error.message}`;
    };
    assert.match(
      await refused("parts/api/actions/scale", { replicas: 0 }),
      /^400 BAD_REQUEST replicas has to be/,
    );
    assert.match(await refused("parts/api/actions/scale", { replicas: 1, x: 1 }), /^400 BAD_REQUEST .*"x"/);
    assert.match(await refused("parts/api/actions/explode", {}), /^409 NOT_POSSIBLE api has no action/);
    assert.match(await refused("parts/api/actions/constructor", {}), /^409 NOT_POSSIBLE/);
    assert.match(await refused("parts/api/actions/stop-replica", { replica: "front" }), /^409 NOT_POSSIBLE/);
    assert.match(await refused("parts/nobody/actions/scale", {}), /^404 NO_SUCH_PART/);
    assert.match(await refused("parts/api/data/keys", {}), /^409 NOT_POSSIBLE/);
  });

  test("stop a replica without a failed request, keep it stopped, and start it again", async (t) => {
    const { call, front, replica } = await stage(t);
    const traffic = load(front.port);
    const stopped = await call("POST", "parts/api/actions/stop-replica", { replica: "api.1" });
    assert.deepEqual(stopped, { status: 200, body: { message: "api.1 is stopped" } });
    assert.equal(replica("api.1")?.state.is, "stopped");
    assert.equal(replica("api.1")?.pid, undefined);
    const again = await call("POST", "parts/api/actions/start-replica", { replica: "api.2" });
    assert.equal(again.status, 409, "only what was stopped can be started");
    const started = await call("POST", "parts/api/actions/start-replica", { replica: "api.1" });
    assert.deepEqual(started, { status: 200, body: { message: "api.1 was started" } });
    const newcomer = String(replica("api.1")?.pid);
    const { answers, failures } = await traffic.stop();
    assert.deepEqual(failures, []);
    await until("the newcomer to answer", async () => (await ask(front.port)).body === newcomer);
    assert.ok(answers.length > 0);
  });

  test("kill a process, which comes back by itself", async (t) => {
    const { call, replica, reaches } = await stage(t);
    const before = replica("api.2")?.pid;
    const killed = await call("POST", "parts/api/actions/kill-replica", { replica: "api.2" });
    assert.deepEqual(killed.body, { message: "api.2 was killed" });
    assert.match(JSON.stringify(await reaches("api.2", "failed")), /was killed by SIGKILL/);
    await until("it to serve again", () => replica("api.2")?.state.is === "ready");
    assert.notEqual(replica("api.2")?.pid, before);
  });

  test("send an edge a trickle of requests", async (t) => {
    const { call } = await stage(t);
    const sent = await call("POST", "parts/front/actions/trickle", { path: "/", perSecond: 100, seconds: 1 });
    assert.equal(sent.body.message, "100 requests a second go to / of front for 1 s");
    const bad = await call("POST", "parts/front/actions/trickle", {
      path: "x\r\n",
      perSecond: 1,
      seconds: 1,
    });
    assert.equal(bad.status, 400);
  });
});
