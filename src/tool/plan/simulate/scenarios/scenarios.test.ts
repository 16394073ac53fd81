import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALGORITHMS,
  cacheStampede,
  DAY_MS,
  dailyCurve,
  flashCrowd,
  meanOver,
  overload,
  retryStorm,
  runsOf,
  type ScenarioRuns,
  seriesOf,
  slowReplica,
} from "./index.ts";

type Simulated = ScenarioRuns<string>[string];

/** What is answered of what is offered, between two times. */
function answeredShare(simulated: Simulated, between: readonly [number, number]): number {
  return meanOver(simulated, "answered", between) / meanOver(simulated, "offered", between);
}

/** Every request is answered, has failed, or is under way. */
function holdsCount(runs: ScenarioRuns<string>): void {
  for (const [variant, { whole }] of Object.entries(runs)) {
    assert.ok(whole.arrived > 1_000, variant);
    assert.equal(whole.arrived, whole.answered + whole.failed + whole.underWay, variant);
  }
}

test("retry storm: without a budget the service does not recover once the overload is over, with one it does, as without retries", () => {
  const runs = runsOf(retryStorm);
  holdsCount(runs);
  const before = [20_000, 60_000] as const;
  const overloaded = [64_000, 74_000] as const;
  const after = [120_000, 240_000] as const;
  for (const [variant, simulated] of Object.entries(runs)) {
    assert.ok(answeredShare(simulated, before) > 0.98, `${variant}: all is well before`);
  }
  const storm = runs["3 retries"];
  assert.ok(answeredShare(storm, after) < 0.5, `answered: ${answeredShare(storm, after)}`);
  const calls = meanOver(storm, "orders calls", after) / meanOver(storm, "offered", after);
  assert.ok(calls > 3, `${calls} calls for each request, long after the overload`);
  for (const variant of ["3 retries, budget of 10 %", "no retries"] as const) {
    assert.ok(
      answeredShare(runs[variant], after) > 0.98,
      `${variant}: ${answeredShare(runs[variant], after)}`,
    );
  }
  const budgeted = runs["3 retries, budget of 10 %"];
  // The law of the budget: a tenth of the calls, one a second, and what was saved.
  const most = 1.1 * meanOver(budgeted, "offered", overloaded) + 1 + 2;
  assert.ok(meanOver(budgeted, "orders calls", overloaded) <= most);
});

test("cache stampede: without leases the database stays full, with single flight it is asked once by each replica, with leases once in all", () => {
  const runs = runsOf(cacheStampede);
  holdsCount(runs);
  const keys = 500;
  const after = [90_000, 120_000] as const;
  const queries = (variant: keyof typeof runs) => {
    const { calls } = runs[variant];
    return calls.find(({ part }) => part === "db")?.attempts ?? 0;
  };
  assert.ok(queries("no leases") > 4 * queries("single flight in each replica"));
  assert.ok(queries("single flight in each replica") <= 4 * keys);
  assert.ok(queries("leases for all replicas") <= keys * 1.2);
  for (const variant of ["single flight in each replica", "leases for all replicas"] as const) {
    assert.ok(answeredShare(runs[variant], after) > 0.99, variant);
  }
});

test("overload: a long queue answers hardly anybody in time, and whoever sheds answers as many as it can serve", () => {
  const runs = runsOf(overload);
  holdsCount(runs);
  const during = [90_000, 180_000] as const;
  const goodput = (variant: keyof typeof runs) => meanOver(runs[variant], "answered", during);
  assert.ok(goodput("long queue") < 100, `${goodput("long queue")}/s`);
  for (const variant of ["short queue", "CoDel", "adaptive limit"] as const) {
    assert.ok(goodput(variant) > 300, `${variant}: ${goodput(variant)}/s of 400`);
  }
});

test("slow replica: whoever looks at what is under way keeps away from it, whoever does not sends it as much as the others", () => {
  const runs = runsOf(slowReplica);
  holdsCount(runs);
  const p99 = (variant: keyof typeof runs) => runs[variant].classes[0]?.latencyMs.p99 ?? Number.NaN;
  for (const blind of ["round-robin", "random"] as const) {
    assert.ok(runs[blind].failed / runs[blind].requests > 0.1, `${blind} fills its queue`);
    for (const seeing of ["power-of-two", "least-connections", "least-response-time"] as const) {
      assert.ok(p99(seeing) < p99(blind) / 4, `${seeing}: ${p99(seeing)}, ${blind}: ${p99(blind)}`);
      assert.equal(runs[seeing].failed, 0);
    }
  }
  assert.deepEqual(Object.keys(runs), [...ALGORITHMS]);
});

test("flash crowd: replicas come as fast as they start, and whoever sheds meanwhile answers more than who does not", () => {
  const runs = runsOf(flashCrowd);
  holdsCount(runs);
  const rising = [150_000, 240_000] as const;
  const slow = answeredShare(runs["replicas start in 90 s"], rising);
  const quick = answeredShare(runs["replicas start in 10 s"], rising);
  const shedding = answeredShare(runs["and sheds meanwhile"], rising);
  assert.ok(quick > slow + 0.2, `${quick} and ${slow}`);
  assert.ok(shedding > slow, `${shedding} and ${slow}`);
  for (const [variant, simulated] of Object.entries(runs)) {
    assert.ok(answeredShare(simulated, [360_000, 380_000]) > 0.97, `${variant} has caught up`);
    const replicas = seriesOf(simulated, "shop replicas").values;
    assert.ok(Math.max(...replicas.map((value) => value ?? 0)) >= 20, "enough for the crowd");
    assert.ok((replicas.at(-1) ?? 0) < 10, "and they go when it has gone");
  }
});

test("daily curve: with the forecast replicas are there before the load", { timeout: 60_000 }, () => {
  const runs = runsOf(dailyCurve);
  holdsCount(runs);
  // Windows of the last two days in which replicas are fuller than half of what there is left above the target.
  const full = (simulated: Simulated) => {
    const values = seriesOf(simulated, "shop utilisation").values.slice(-2 * 96);
    return values.filter((value) => value !== null && value > 0.8).length;
  };
  const p99 = (simulated: Simulated) => simulated.classes[0]?.latencyMs.p99 ?? Number.NaN;
  const alone = runs["autoscaler alone"];
  const ahead = runs["with the forecast"];
  assert.ok(full(ahead) < full(alone), `${full(ahead)} and ${full(alone)} windows`);
  assert.ok(p99(ahead) < p99(alone), `${p99(ahead)} and ${p99(alone)} ms`);
  const mean = (simulated: Simulated) => meanOver(simulated, "shop replicas", [2 * DAY_MS, 4 * DAY_MS]);
  assert.ok(mean(ahead) < 1.5 * mean(alone), "at a price that is bounded");
});

test("the same seed gives the same bytes", () => {
  assert.equal(JSON.stringify(runsOf(retryStorm, 3)), JSON.stringify(runsOf(retryStorm, 3)));
});
