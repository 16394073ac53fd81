import assert from "node:assert/strict";
import { test } from "node:test";
import { lives, until } from "./testdata/stage.ts";
import { ask, edge, load, run, service, serviceFile } from "./testdata/system.ts";

test("a Python service is started, given its URLs, logged, restarted under load and stopped like any other", async (t) => {
  const front = await edge("front", "api");
  const { system, events, replica, pids } = await run(t, [
    { kind: "cache", name: "hot", memoryBytes: 1, url: "redis://elsewhere:6379" },
    service("api", { program: { command: ["python3", serviceFile("answer.py")] }, uses: { hot: "hot" } }),
    front,
  ]);
  await system.ready;
  assert.equal(JSON.parse((await ask(front.port)).body).hot, "redis://elsewhere:6379");
  await until("its log line", () =>
    events.some((event) => event.type === "log" && event.text === "asked /" && event.replica === "api.1"),
  );
  const before = replica("api.1")?.pid;
  const traffic = load(front.port);
  await system.restart("api");
  assert.deepEqual((await traffic.stop()).failures, []);
  assert.notEqual(replica("api.1")?.pid, before);
  const running = pids();
  await system.stop();
  assert.deepEqual(running.filter(lives), []);
});
