import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type KeyGroup, keyTree } from "./key-tree.ts";

const keys = (...names: string[]) => names.map((key) => ({ key }));

function drawn({ prefix, count, groups, keys }: KeyGroup<{ key: string }>): unknown {
  return [`${prefix} ${count}`, ...groups.map(drawn), ...keys.map(({ key }) => key)];
}

test("keys that begin alike are groups, by their colons; one alone is none", () => {
  assert.deepEqual(drawn(keyTree(keys("user:2:cart", "plain", "user:1", "user:2:name", "rate:x"))), [
    " 5",
    ["user: 3", ["user:2: 2", "user:2:cart", "user:2:name"], "user:1"],
    "plain",
    "rate:x",
  ]);
});

test("no key is lost, and none comes twice", () => {
  const all = (group: KeyGroup<{ key: string }>): string[] => [
    ...group.keys.map(({ key }) => key),
    ...group.groups.flatMap(all),
  ];
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[ab:]{0,20}$/)), (names) => {
      assert.deepEqual(all(keyTree(keys(...names))).sort(), [...names].sort());
    }),
  );
});
