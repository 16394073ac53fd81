import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutMap } from "../../../blocks/drawing/index.ts";
import { firstPart, type MapPlace, stepOfKey, walk } from "./map-walk.ts";

const SIZE = { width: 100, height: 60 };
const layout = layoutMap(
  ["clients", "front", "api", "hot", "rows"].map((name) => ({ name, ...SIZE })),
  [
    { from: "clients", to: "front" },
    { from: "front", to: "api" },
    { from: "api", to: "hot" },
    { from: "api", to: "rows" },
  ],
  { label: { width: 80, height: 30 } },
);

function follow(start: MapPlace, ...keys: string[]): MapPlace | undefined {
  let place: MapPlace | undefined = start;
  for (const key of keys) {
    const step = stepOfKey(key, false);
    place = place && step && walk(layout, place, step, false);
  }
  return place;
}

test("right goes from a part to its link, and on to the part that it leads to; left goes back", () => {
  assert.equal(firstPart(layout), "clients");
  assert.deepEqual(follow({ part: "clients" }, "ArrowRight"), { from: "clients", to: "front" });
  assert.deepEqual(follow({ part: "clients" }, "ArrowRight", "ArrowRight"), { part: "front" });
  assert.deepEqual(follow({ part: "front" }, "ArrowLeft", "ArrowLeft"), { part: "clients" });
  assert.equal(follow({ part: "clients" }, "ArrowLeft"), undefined);
  assert.equal(follow({ part: "rows" }, "ArrowRight"), undefined);
});

test("up and down choose among links of one part, and among parts of a layer", () => {
  const links = ["hot", "rows"].map((to) => ({ from: "api", to }));
  const first = layout.links.find((link) => link.to === "hot");
  const second = layout.links.find((link) => link.to === "rows");
  const [upper, lower] = (first?.label.y ?? 0) < (second?.label.y ?? 0) ? links : [...links].reverse();
  assert.ok(upper && lower);
  assert.deepEqual(follow(upper, "ArrowDown"), lower);
  assert.deepEqual(follow(lower, "ArrowUp"), upper);
  assert.equal(follow(lower, "ArrowDown"), undefined);
});

test("every part can be reached by going down alone", () => {
  const seen: string[] = [];
  let place: MapPlace | undefined = { part: firstPart(layout) ?? "" };
  while (place && "part" in place) {
    seen.push(place.part);
    place = walk(layout, place, "after", false);
  }
  assert.deepEqual([...seen].sort(), ["api", "clients", "front", "hot", "rows"]);
});

test("keys that are no arrows mean nothing, and a drawing from the top turns the arrows", () => {
  assert.equal(stepOfKey("Enter", false), undefined);
  assert.equal(stepOfKey("constructor", false), undefined);
  assert.equal(stepOfKey("ArrowDown", true), "onward");
  assert.equal(stepOfKey("ArrowRight", true), "after");
});
