import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALGORITHMS,
  cacheStampede,
  DAILY_TARGET,
  DAY_MS,
  DAYS,
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
  const keys = 200;
  const after = [60_000, 90_000] as const;
  const queries = (variant: keyof typeof runs) => {
    const { calls } = runs[variant];
    return calls.find(({ part }) => part === "db")?.attempts ?? 0;
  };
  assert.ok(answeredShare(runs["no leases"], after) < 0.85, "it does not get over it");
  assert.ok(queries("no leases") > 10 * queries("single flight in each replica"));
  // A key is asked for once more when who asked has given up.
  assert.ok(queries("single flight in each replica") < 10 * keys);
  assert.equal(queries("leases for all replicas"), keys);
  assert.equal(runs["leases for all replicas"].failed, 0);
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
  const slow = answeredShare(runs["start in 90 s"], rising);
  const quick = answeredShare(runs["start in 10 s"], rising);
  const shedding = answeredShare(runs["start in 90 s, shedding"], rising);
  assert.ok(quick > slow + 0.2, `${quick} and ${slow}`);
  assert.ok(shedding > slow, `${shedding} and ${slow}`);
  for (const [variant, simulated] of Object.entries(runs)) {
    assert.ok(answeredShare(simulated, [360_000, 380_000]) > 0.97, `${variant} has caught up`);
    const replicas = seriesOf(simulated, "shop replicas").values;
    assert.ok(Math.max(...replicas.map((value) => value ?? 0)) >= 20, "enough for the crowd");
    assert.ok((replicas.at(-1) ?? 0) < 10, "and they go when it has gone");
  }
});

test("daily curve: with the forecast replicas are there before the load, at a price; without it they are overtaken every day", () => {
  const runs = runsOf(dailyCurve);
  holdsCount(runs);
  // Quarters of an hour of the last day in which replicas were fuller than their target.
  const fullOf = (simulated: Simulated) => {
    const values = seriesOf(simulated, "shop utilisation").values.slice(-96);
    return values.filter((value) => value !== null && value > DAILY_TARGET).length;
  };
  const p99 = (simulated: Simulated) => simulated.classes[0]?.latencyMs.p99 ?? Number.NaN;
  const alone = runs["autoscaler alone"];
  const ahead = runs["with the forecast"];
  assert.ok(fullOf(alone) > 10, `${fullOf(alone)} quarters of an hour alone`);
  assert.equal(fullOf(ahead), 0);
  assert.ok(p99(ahead) < 0.7 * p99(alone), `${p99(ahead)} and ${p99(alone)} ms`);
  const worst = (simulated: Simulated) =>
    Math.max(
      ...seriesOf(simulated, "p99")
        .values.slice(-48)
        .map((value) => value ?? 0),
    );
  assert.ok(worst(ahead) < worst(alone) / 3, `at worst ${worst(ahead)} and ${worst(alone)} ms`);
  const lastDay = [(DAYS - 1) * DAY_MS, DAYS * DAY_MS] as const;
  const mean = (simulated: Simulated) => meanOver(simulated, "shop replicas", lastDay);
  assert.ok(mean(ahead) > mean(alone) && mean(ahead) < 1.4 * mean(alone));
  // It has nothing to go by on the first day.
  const firstDay = [0, DAY_MS] as const;
  assert.equal(meanOver(ahead, "shop replicas", firstDay), meanOver(alone, "shop replicas", firstDay));
});

test("the same seed gives the same bytes", () => {
  assert.equal(JSON.stringify(runsOf(retryStorm, 3)), JSON.stringify(runsOf(retryStorm, 3)));
});
