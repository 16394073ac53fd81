import assert from "node:assert/strict";
import { test } from "node:test";
import { isMalformed, parsePath } from "./path-pattern.ts";
import { insertPath, type PathNode, pathDraft, sealPaths, searchPaths } from "./path-trie.ts";
import { segmentTable, segmentValue } from "./segment-table.ts";

function treeOf(paths: Iterable<string>): PathNode<readonly string[]> {
  const draft = pathDraft<string>();
  for (const path of paths) {
    const pattern = parsePath(path);
    assert.ok(!isMalformed(pattern), path);
    insertPath(draft, pattern, path);
  }
  return sealPaths(draft, (group) => group);
}

/** What is found, and how many things of the tree were looked at on the way: every read of a field or a bucket is one. */
function search(
  tree: PathNode<readonly string[]>,
  path: string,
): { found: string | undefined; steps: number } {
  let steps = 0;
  const counted = <Part>(part: Part): Part => {
    if (typeof part !== "object" || part === null) return part;
    return new Proxy(part, {
      get(whole, key) {
        steps++;
        return counted(Reflect.get(whole, key));
      },
    });
  };
  const found = searchPaths(counted(tree), path, 1, path.length, undefined, (group) => group[0]);
  return { found, steps };
}

function* manyPaths(count: number): Iterable<string> {
  yield "/*";
  for (let at = 0; at < count; at++) {
    yield `/service-${at}/*`;
    yield `/service-${at}/items/:id`;
    yield `/service-${at}/items/first`;
  }
}

test("a look-up among 30,000 routes looks at no more than one among 30 does", () => {
  const [few, many] = [treeOf(manyPaths(10)), treeOf(manyPaths(10_000))];
  for (const [path, wanted] of [
    ["/service-7/items/first", "/service-7/items/first"],
    ["/service-7/items/8", "/service-7/items/:id"],
    ["/service-7/items/8/9", "/service-7/*"],
    ["/service-x/items/8/9", "/*"],
    [`/service-7${"/a".repeat(2_000)}`, "/service-7/*"],
  ] as const) {
    const [one, other] = [search(few, path), search(many, path)];
    assert.equal(one.found, wanted);
    assert.equal(other.found, wanted);
    // A bucket of the larger table may hold an entry or two that a smaller one's does not.
    assert.ok(other.steps <= one.steps + 12, `${path}: ${other.steps} steps beside ${one.steps}`);
    assert.ok(other.steps <= 80, `${path}: ${other.steps} steps`);
  }
});

test("a search that comes back to parameters again and again is bounded by the routes that fit the path so far", () => {
  const shapes = Array.from({ length: 256 }, (_, bits) =>
    Array.from({ length: 8 }, (_, at) => ((bits >> at) & 1 ? `:p${at}` : "a")).join("/"),
  );
  const others = Array.from({ length: 2_000 }, (_, at) => `/b${at}/:x/:y`);
  const tree = treeOf([...shapes.map((shape) => `/${shape}/end`), ...others]);
  // Every one of the 256 ways is gone, and none leads to an end: 511 nodes, a dozen reads each.
  const { found, steps } = search(tree, `/${"a/".repeat(8)}nowhere`);
  assert.equal(found, undefined);
  assert.ok(steps < 511 * 15, `${steps} steps`);
});

test("a table of segments finds each where it stands, and nothing else", () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `s${at}`);
  const table = segmentTable(new Map(names.map((name) => [name, name])));
  for (const name of names) {
    const path = `/x/${name}/y`;
    assert.equal(segmentValue(table, path, 3, 3 + name.length), name);
    assert.equal(segmentValue(table, path, 3, 4 + name.length), undefined);
  }
  assert.equal(segmentValue(segmentTable(new Map([["", 1]])), "/", 1, 1), 1);
  assert.equal(segmentValue(segmentTable(new Map([["", 1]])), "/a", 1, 2), undefined);
});
