import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import type { ScalingModel } from "../../design/scaling-model.ts";
import { DEFAULT_TELEMETRY } from "../../design/telemetry.ts";
import { until } from "../testdata/stage.ts";
import { ask, edge, run, service, serviceFile } from "../testdata/system.ts";

/** By what the edge counts, which is the same on a slow machine. Kubernetes' minutes are seconds here. */
const SCALING: ScalingModel = {
  min: 1,
  max: 6,
  metrics: [{ name: "requestsPerSecond", target: { averageValue: 15 } }],
  behavior: { scaleDown: { stabilizationWindowMs: 5_000 } },
};
const TIMES = { syncPeriodMs: 1_000, windowMs: 3_000 };
const TICK_MS = 10;

test("a running service gets replicas under load and loses them afterwards, and no request fails", async (t) => {
  const front = await edge("front", "api");
  const api = service("api", { program: { run: serviceFile("busy.mjs") }, scaling: SCALING });
  const { system, events } = await run(t, [api, front], { telemetry: DEFAULT_TELEMETRY, scaling: TIMES });
  await system.ready;
  const now = () => system.snapshot().parts.find(({ name }) => name === "api");
  const load = new SteadyLoad(front.port);
  t.after(() => load.stop());

  load.perSecond = 52;
  await until("four replicas that serve", () => {
    const { scaling, replicas = [] } = now() ?? {};
    return (scaling?.wanted ?? 0) >= 4 && replicas.every(({ state }) => state.is === "ready");
  });
  await systemClock.sleep(6_000);
  const changes = () => events.flatMap((event) => (event.type === "scaled" ? [event] : []));
  const up = changes().map(({ replicas }) => replicas);
  assert.deepEqual(up, [...up].sort(), `up under load, and never down: ${up}`);

  load.perSecond = 4;
  await until("one replica", () => now()?.replicas.length === 1);
  const all = changes();
  const down = all.slice(up.length).map(({ replicas }) => replicas);
  assert.deepEqual(down, [...down].sort().reverse(), `down after it, and never up: ${down}`);
  assert.ok(all.length <= 8, `${all.length} changes`);

  const { answers, failures } = await load.stop();
  assert.deepEqual(failures, []);
  assert.ok(new Set(answers).size >= 4, "all of them have served");
  for (const { reason = "" } of all)
    assert.match(reason, /^requestsPerSecond is at [\d.]+ a replica, its target is 15: \d → \d replica/);
  const logged = events.flatMap((event) =>
    event.type === "log" && event.stream === "trestle" ? [event.text] : [],
  );
  assert.deepEqual(
    logged,
    all.map(({ reason }) => reason),
  );
});

test("replicas that follow their load are scaled by hand within their bounds alone", async (t) => {
  const { system, replica } = await run(t, [service("api", { scaling: SCALING })], {
    telemetry: DEFAULT_TELEMETRY,
  });
  await system.ready;
  await system.scale("api", 3);
  assert.equal(replica("api.3")?.state.is, "ready");
  assert.deepEqual(system.snapshot().parts[0]?.scaling, { min: 1, max: 6, wanted: 3 });
  await assert.rejects(system.scale("api", 7), {
    code: "NOT_POSSIBLE",
    message: "api cannot have 7 replicas: by its design they follow its load, between 1 and 6",
  });
  assert.equal(system.snapshot().parts[0]?.replicas.length, 3);
});

/** Requests at a rate that can be changed, whatever the answers do; those that a busy machine did not come to are made up for. */
class SteadyLoad {
  perSecond = 0;
  readonly answers: string[] = [];
  readonly failures: string[] = [];
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #due = 0;

  constructor(port: number) {
    this.#port = port;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#due += ((nowMs - this.#lastMs) * this.perSecond) / 1_000;
      this.#lastMs = nowMs;
      for (; this.#due >= 1; this.#due--) {
        const asked = this.#ask();
        this.#open.add(asked);
        void asked.then(() => this.#open.delete(asked));
      }
    }, TICK_MS);
  }

  async stop(): Promise<SteadyLoad> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
    return this;
  }

  async #ask(): Promise<void> {
    try {
      const { status, body } = await ask(this.#port, "/", { agent: this.#agent });
      if (status === 200) this.answers.push(body);
      else this.failures.push(`${status} ${body}`);
    } catch (thrown) {
      this.failures.push(String(thrown));
    }
  }
}
