import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { edge, system } from "../../design/index.ts";
import { loadDesign } from "../../design/load/load.ts";
import type { PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import { resolveSystem } from "../resolve/index.ts";
import type { ResolvedSystem } from "../resolved-model.ts";
import { anyDesign } from "../review/testing/any-design.ts";
import { applySets } from "../sets/index.ts";
import { estimate, estimateResolved, marginOf, setsOf } from "./index.ts";
import { manyParts, simpleDesign } from "./testing/simple-designs.ts";
import { bookshop, busyBank, modelOf, payments, program, ticketSale } from "./testing/typical-designs.ts";

const file = "system.ts";

function requirement({ requirements }: PlanAnswer, id: string): RequirementAnswer {
  const found = requirements.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

describe("an estimate of the shortener", async () => {
  const { model } = await loadDesign("systems/shortener/system.ts");
  const answer = estimate(model, { file });

  test("holds its stated requirements, and says at what load it stops doing so", () => {
    for (const { id, state } of answer.requirements) assert.notEqual(state, "fails", id);
    const p99 = requirement(answer, "latency.p99");
    const traffic = requirement(answer, "traffic");
    assert.deepEqual([p99.state, traffic.state], ["holds", "holds"]);
    const breaks = p99.breaksAtPerSecond ?? 0;
    assert.ok(breaks > 6_944 && breaks <= (traffic.breaksAtPerSecond ?? 0), p99.sentence);
    const at = (loadPerSecond: number) =>
      requirement(estimate(model, { file, loadPerSecond }), "latency.p99").state;
    assert.deepEqual([at(breaks * 0.99), at(breaks * 1.01)], ["holds", "fails"]);
  });

  test("tells how long requests take at any load, beginning with what they take alone and ending where the first part is full", () => {
    const loads = answer.loads ?? [];
    assert.ok(loads.length > 10);
    for (const [at, { perSecond, p99Ms }] of loads.entries()) {
      const before = loads[at - 1];
      assert.ok(perSecond > (before?.perSecond ?? 0) && p99Ms >= (before?.p99Ms ?? 0) * 0.99);
    }
    assert.equal(loads.at(-1)?.perSecond, answer.bottleneck?.perSecond);
    assert.equal(loads.at(-1)?.p99Ms, Number.POSITIVE_INFINITY);
  });

  test("takes some milliseconds, and of 50 parts well under a second", () => {
    const cpuMs = (work: () => void) => {
      work();
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    const small = cpuMs(() => estimate(model, { file }));
    assert.ok(small < 200, `${small} ms`);
    for (const rate of ["2000/s", "20000/s"] as const) {
      const many = modelOf(manyParts(rate));
      const large = cpuMs(() => estimate(many, { file }));
      assert.ok(large < 2_000, `${large} ms`);
    }
  });
});

describe("an estimate", () => {
  test("names the requirements as a running system is judged by them, and then what only a plan can tell", () => {
    const { requirements } = estimate(modelOf(bookshop()), { file });
    assert.deepEqual(
      requirements.map(({ id, title, unit, bound }) => [id, title, unit, bound]),
      [
        ["latency.p50", "p50 latency", "ms", "at-most"],
        ["latency.p99", "p99 latency", "ms", "at-most"],
        ["availability", "availability", "share", "at-least"],
        ["traffic", "peak traffic", "per-second", "at-least"],
        ["durability", "durability", "share", "at-least"],
        ["retention", "retention", "ms", "at-least"],
      ],
    );
  });

  test("of a design that states nothing judges nothing, and tells of its parts all the same", () => {
    const { requirements, parts, classes } = estimate(modelOf(bookshop({})), { file });
    assert.deepEqual(requirements, []);
    assert.deepEqual(parts.map(({ name }) => name).toSorted(), ["books", "front", "pages", "shop"]);
    assert.ok(classes.length > 0 && classes.every(({ latencyMs }) => latencyMs.p50 < latencyMs.p99));
  });

  test("adds up what a month costs, of what there is", () => {
    const answer = estimate(modelOf(bookshop()), { file });
    // Two databases for 120, two caches for 40, four replicas for 25, two edges with two workers for 20 each.
    assert.equal(answer.pricePerMonth, 2 * 120 + 2 * 40 + 4 * 25 + 4 * 20);
    assert.equal(answer.figures.find(({ id }) => id === "price")?.value, answer.pricePerMonth);
    assert.equal(estimate(modelOf(busyBank()), { file }).pricePerMonth, undefined);
  });

  test("of what was resolved before judges the same, without mends", () => {
    const model = modelOf(ticketSale());
    const whole = estimate(model, { file });
    const without = estimateResolved(model, resolveSystem(model), { file });
    assert.deepEqual(
      without.requirements.map(({ state, predicted }) => [state, predicted]),
      whole.requirements.map(({ state, predicted }) => [state, predicted]),
    );
    assert.ok(without.requirements.every(({ mend }) => mend === undefined));
  });

  test("lets what is scaled have the replicas that it asks for, and no more than it may", () => {
    const at = (loadPerSecond: number) =>
      estimate(modelOf(payments()), { file, loadPerSecond }).parts.find(({ name }) => name === "pay")
        ?.replicas;
    const counts = [1, 600, 5_000, 1e6].map(at);
    assert.deepEqual([counts[0], counts[3]], [2, 8]);
    assert.ok((counts[1] ?? 0) > 2 && (counts[1] ?? 0) <= (counts[2] ?? 0), String(counts));
  });

  test("needs no more replicas than hold the requirements, and one less of any would not do for all", () => {
    const model = modelOf(ticketSale());
    const { parts } = estimate(model, { file });
    const needed = parts.find(({ name }) => name === "sale")?.replicasNeeded ?? 0;
    const states = (replicas: number) =>
      estimate(applySets(model, [`sale.replicas=${replicas}`]), { file }).requirements.map(
        ({ state }) => state,
      );
    assert.deepEqual(states(needed), ["holds", "holds"]);
    assert.ok(states(needed - 2).includes("fails"), `${needed} needed`);
  });

  test("of everything on one machine speaks of the machine, and asks for no replicas that it could not run", () => {
    const model = modelOf(bookshop());
    const on = (cores: number) => estimate(model, { file, here: { cores } });
    const [small, large] = [on(1), on(16)];
    assert.equal(requirement(small, "traffic").state, "fails");
    assert.match(requirement(small, "traffic").sentence, /this machine is full then/);
    assert.match(requirement(small, "latency.p99").sentence, /but this machine is full at/);
    assert.ok(small.parts.every(({ replicasNeeded }) => replicasNeeded === undefined));
    assert.match(requirement(large, "traffic").sentence, /before this machine is full/);
  });

  test("says of what is given up before it is answered that it is, and at which load that begins", () => {
    const front = edge("front", {
      routes: [
        {
          path: "/*",
          to: program("api", { plan: { work: { default: { time: "1 s" } } } }),
          timeouts: { total: "1 s" },
        },
      ],
    });
    const model = modelOf(
      system("late", { requires: { traffic: { rate: "0.001/s" }, latency: { p99: "2 s" } }, parts: [front] }),
    );
    const { state, sentence, predicted } = requirement(estimate(model, { file }), "latency.p99");
    assert.deepEqual([state, predicted], ["fails", Number.POSITIVE_INFINITY]);
    assert.match(
      sentence,
      /of the requests are given up or turned away before they are answered.*can never be answered in time\.$/,
    );
  });

  test("tells the room that is left as a share of what is allowed", () => {
    const margin = (unit: RequirementAnswer["unit"], required: number, predicted?: number) =>
      marginOf({
        unit,
        bound: unit === "ms" ? "at-most" : "at-least",
        required,
        predicted,
      } as RequirementAnswer);
    assert.equal(margin("ms", 200, 50), 0.75);
    assert.equal(margin("ms", 200, Number.POSITIVE_INFINITY), Number.NEGATIVE_INFINITY);
    assert.equal(Number(margin("share", 0.99, 0.995)?.toFixed(9)), 0.5);
    assert.equal(margin("per-second", 100, 150), 0.5);
    assert.equal(margin("per-second", 100), undefined);
  });

  test("of any design gives an answer without NaN, each figure with its source", () => {
    fc.assert(
      fc.property(anyDesign, (design) => {
        const answer = estimate(modelOf(design), { file });
        for (const { id, value, source } of answer.figures) {
          assert.ok(!Number.isNaN(value), id);
          if (source.kind === "derived") assert.ok(!/NaN|undefined/.test(source.filled), source.filled);
        }
        assert.equal(new Set(answer.figures.map(({ id }) => id)).size, answer.figures.length);
        for (const { sentence, predicted, state, breaksAtPerSecond: breaks } of answer.requirements) {
          assert.match(sentence, /^[A-Z0-9].*\.$/);
          assert.ok(!/NaN|undefined/.test(sentence), sentence);
          assert.equal(predicted === undefined, state === "unknown");
          assert.ok(breaks === undefined || (breaks >= 0 && Number.isFinite(breaks)), String(breaks));
        }
        for (const part of answer.parts) {
          assert.ok(part.utilisation >= 0 && part.meanWaitMs >= 0, part.name);
          assert.ok(part.replicasNeeded === undefined || part.replicasNeeded >= 1);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("laws", () => {
  test("more load never turns what fails into what holds", () => {
    fc.assert(
      fc.property(
        simpleDesign,
        fc.double({ min: 1, max: 3_000, noNaN: true }),
        fc.double({ min: 1.01, max: 20, noNaN: true }),
        (design, load, times) => {
          const model = modelOf(design);
          const at = (loadPerSecond: number) =>
            estimateResolved(model, resolveSystem(model, { loadPerSecond }), { file }).requirements;
          const more = at(load * times);
          for (const [n, { id, state }] of at(load).entries())
            if (state === "fails") assert.equal(more[n]?.state, "fails", id);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("a mend makes the requirement hold as it says it would, and breaks no other", () => {
    let mends = 0;
    fc.assert(
      fc.property(simpleDesign, fc.double({ min: 1, max: 5_000, noNaN: true }), (design, loadPerSecond) => {
        const model = modelOf(design);
        const { requirements } = estimate(model, { file, loadPerSecond });
        for (const { id, mend } of requirements) {
          if (mend === undefined) continue;
          mends++;
          const mended = estimate(applySets(model, setsOf(mend)), { file, loadPerSecond });
          const now = requirement(mended, id);
          assert.deepEqual([now.state, now.predicted], ["holds", mend.predicted], `${id}: --set ${mend.set}`);
          assert.equal(mended.pricePerMonth, mend.pricePerMonth ?? mended.pricePerMonth);
          for (const before of requirements)
            if (before.state === "holds")
              assert.equal(requirement(mended, before.id).state, "holds", mend.set);
        }
      }),
      { numRuns: 25 },
    );
    assert.ok(mends > 10, `${mends} mends`);
  });

  test("what a design is said to carry it carries, and no more", () => {
    fc.assert(
      fc.property(simpleDesign, (design) => {
        const model = modelOf(design);
        const resolved = resolveSystem(model);
        const { peakPerSecond } = total(resolved);
        const breaks = requirement(
          estimateResolved(model, resolved, { file }),
          "latency.p99",
        ).breaksAtPerSecond;
        if (breaks === undefined || breaks === 0) return;
        const at = (load: number) =>
          requirement(
            estimateResolved(model, scaled(resolved, load / peakPerSecond), { file }),
            "latency.p99",
          );
        assert.equal(at(breaks * 0.999).state, "holds");
        assert.equal(at(breaks * 1.01).state, "fails");
      }),
      { numRuns: 20 },
    );
  });
});

/** The same requests, so many times as often. */
function scaled(resolved: ResolvedSystem, times: number): ResolvedSystem {
  const classes = resolved.classes.map((one) => ({ ...one, peakPerSecond: one.peakPerSecond * times }));
  return { ...resolved, classes };
}

function total({ classes }: ResolvedSystem): { readonly peakPerSecond: number } {
  return { peakPerSecond: classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0) };
}
