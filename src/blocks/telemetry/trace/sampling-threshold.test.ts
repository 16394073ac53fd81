import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import {
  isSampled,
  randomnessIn,
  thresholdIn,
  thresholdOf,
  weightOf,
  withThreshold,
} from "./sampling-threshold.ts";

const share = fc.double({ min: 2 ** -40, max: 1, noNaN: true });
const digit = fc.constantFrom(..."0123456789abcdef");
const traceId = fc.array(digit, { minLength: 32, maxLength: 32 }).map((digits) => digits.join(""));

describe("a sampling threshold", () => {
  test("is written as the specification's examples are", () => {
    assert.equal(thresholdOf(1), "0");
    assert.equal(thresholdOf(0.5), "8");
    assert.equal(thresholdOf(0.25), "c");
    assert.equal(thresholdOf(0.1), "e666");
    assert.equal(thresholdOf(0.01), "fd70a");
    assert.equal(thresholdOf(0.001), "ffbe77");
    assert.equal(thresholdOf(2 ** -56), "ffffffffffffff");
  });

  test("that would sample nothing is none", () => {
    for (const probability of [0, -1, 2 ** -57, Number.NaN]) assert.equal(thresholdOf(probability), "");
    assert.equal(thresholdOf(7), "0");
    assert.equal(isSampled("f".repeat(32), ""), false);
    assert.equal(isSampled("0".repeat(32), "0"), true);
  });

  test("stands for as many spans as its share leaves out", () => {
    fc.assert(
      fc.property(share, (probability) => {
        const weight = weightOf(`ot=th:${thresholdOf(probability)}`);
        assert.ok(Math.abs(weight * probability - 1) < 1 / 8_000, `${weight} of ${probability}`);
      }),
    );
    assert.equal(weightOf("ot=th:c"), 4);
    assert.equal(weightOf("ot=th:ffffffffffffff"), 2 ** 56);
  });

  test("samples a trace exactly where the number of its last 14 digits is not below", () => {
    fc.assert(
      fc.property(traceId, share, (id, probability) => {
        const threshold = thresholdOf(probability);
        const randomness = BigInt(`0x${id.slice(-14)}`);
        const bound = BigInt(`0x${threshold.padEnd(14, "0")}`);
        assert.equal(isSampled(id, threshold), randomness >= bound);
      }),
    );
    assert.equal(isSampled(`${"0".repeat(18)}c0000000000000`, "c"), true);
    assert.equal(isSampled(`${"0".repeat(18)}bfffffffffffff`, "c"), false);
    assert.equal(isSampled("0".repeat(32), "c", "ffffffffffffff"), true);
  });

  test("samples among random traces the share that it was made of", () => {
    const random = seededRandom(5);
    const hex = () =>
      Math.floor(random() * 2 ** 28)
        .toString(16)
        .padStart(7, "0");
    const threshold = thresholdOf(0.1);
    let sampled = 0;
    for (let count = 0; count < 20_000; count++) if (isSampled(`${hex()}${hex()}`, threshold)) sampled++;
    assert.ok(Math.abs(sampled - 2_000) < 200, `${sampled}`);
  });

  test("of a smaller share samples no trace that one of a larger share leaves out", () => {
    fc.assert(
      fc.property(traceId, share, share, (id, one, other) => {
        const smaller = isSampled(id, thresholdOf(Math.min(one, other)));
        if (smaller) assert.ok(isSampled(id, thresholdOf(Math.max(one, other))));
      }),
    );
  });
});

describe("a trace state", () => {
  test("tells its threshold wherever it stands, and keeps what others wrote", () => {
    assert.equal(thresholdIn("vendor=th:8, ot=rv:0123456789abcd;th:c0,x=1"), "c");
    assert.equal(randomnessIn("vendor=th:8, ot=rv:0123456789abcd;th:c0,x=1"), "0123456789abcd");
    assert.equal(withThreshold("", "c"), "ot=th:c");
    assert.equal(
      withThreshold("a=1,ot=th:8;rv:0123456789abcd,b=2", "c"),
      "ot=th:c;rv:0123456789abcd,a=1,b=2",
    );
    assert.equal(withThreshold("a=1,ot=th:8", ""), "a=1");
    fc.assert(
      fc.property(share, (probability) => {
        const threshold = thresholdOf(probability);
        assert.equal(thresholdIn(withThreshold("a=1,ot=th:8;x:y", threshold)), threshold);
      }),
    );
  });

  test("that is not of the form names no threshold, and its span stands for itself", () => {
    const wrong = [
      "",
      "ot",
      "ot=",
      "ot=th:",
      "ot=th:C",
      "ot=th:xyz",
      "ot=th:fffffffffffffff",
      "rot=th:c",
      "ot=thx:c",
      `ot=${"a:b;".repeat(100)}th:c`,
    ];
    for (const state of wrong) {
      assert.equal(thresholdIn(state), "", state);
      assert.equal(weightOf(state), 1, state);
    }
    fc.assert(
      fc.property(fc.string(), (state) => {
        assert.ok(weightOf(state) >= 1);
        withThreshold(state, "c");
      }),
    );
  });
});
