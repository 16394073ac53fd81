import assert from "node:assert/strict";
import { test } from "node:test";
import type { EdgeModel } from "../design/edge-model.ts";
import { lives, until } from "./testdata/stage.ts";
import { ask, edge, freePort, load, run, service } from "./testdata/system.ts";

const TOKEN = "for-the-operators-alone";

/** An edge with a server for operators. */
async function administered(workers: number): Promise<EdgeModel & { readonly port: number }> {
  return { ...(await edge("front", "api")), workers, admin: { port: await freePort(), token: TOKEN } };
}

/** The state that an edge tells at `/health`. */
async function health(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  return JSON.stringify([response.status, await response.json()]);
}

for (const workers of [1, 2]) {
  test(`operators reach an edge before and after it is upgraded in place, which fails no request (workers: ${workers})`, async (t) => {
    const front = await administered(workers);
    const port = front.admin?.port ?? 0;
    const { system, replica } = await run(t, [service("api", { replicas: 2 }), front]);
    await system.ready;
    const traffic = load(front.port);
    for (let time = 0; time < 2; time++) {
      const before = replica("front")?.pid ?? 0;
      assert.equal(await health(port), '[200,{"state":"serving"}]');
      await Promise.all([system.restart("front"), system.scale("api", time + 1)]);
      assert.equal(lives(before), false);
    }
    assert.equal(await health(port), '[200,{"state":"serving"}]');
    assert.deepEqual((await traffic.stop()).failures, []);
  });
}

test("an edge that its operators drain ends in order, and is started again", async (t) => {
  const front = await administered(1);
  const port = front.admin?.port ?? 0;
  const { system, replica } = await run(t, [service("api"), front]);
  await system.ready;
  const pid = replica("front")?.pid ?? 0;
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const drain = await fetch(`http://127.0.0.1:${port}/drain`, { method: "POST", headers });
  assert.equal(drain.status, 202);
  await until("its end", () => !lives(pid));
  assert.equal((await ask(front.port)).status, 200);
  assert.notEqual(replica("front")?.pid, pid);
  await until("its operators' return", () =>
    health(port).then(
      (told) => told.startsWith("[200"),
      () => false,
    ),
  );
});
