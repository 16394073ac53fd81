import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Box, type LinkToPlace, layoutMap, type MapLayout, type PartToPlace } from "./map-layout.ts";

const LABEL = { width: 90, height: 34 };

function part(name: string, wish?: PartToPlace["wish"]): PartToPlace {
  return { name, width: 190, height: 96, wish };
}

/** A system of any shape, circles and links to nowhere included. */
const systems = fc.integer({ min: 1, max: 24 }).chain((count) => {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const link = fc.record({ from: fc.constantFrom(...names, "nobody"), to: fc.constantFrom(...names) });
  const sizes = fc.array(
    fc.record({
      width: fc.integer({ min: 60, max: 220 }),
      height: fc.integer({ min: 30, max: 160 }),
      isStore: fc.boolean(),
    }),
    { minLength: count, maxLength: count, size: "max" },
  );
  return fc.record({
    parts: sizes.map((all) =>
      all.map(({ isStore, ...size }, index): PartToPlace => {
        const wish = index === 0 ? "first" : isStore ? "last" : undefined;
        return { name: `p${index}`, wish, ...size };
      }),
    ),
    links: fc.array(link, { maxLength: 60, size: "max" }),
    direction: fc.constantFrom("right" as const, "down" as const),
  });
});

/** What a system of 50 parts looks like: edges, services that call each other, stores. */
function bigSystem(services = 36) {
  const parts = [part("clients", "first"), part("front"), part("admin")];
  const links: LinkToPlace[] = [
    { from: "clients", to: "front" },
    { from: "clients", to: "admin" },
  ];
  for (let index = 0; index < services; index++) {
    parts.push(part(`service-${index}`));
    links.push({
      from: index % 7 === 0 ? "admin" : index < 18 ? "front" : `service-${index - 18}`,
      to: `service-${index}`,
    });
    links.push({ from: `service-${index}`, to: `store-${index % 11}` });
    if (index % 3 === 0) links.push({ from: `service-${index}`, to: `store-${(index * 5) % 11}` });
  }
  for (let index = 0; index < 11; index++) parts.push(part(`store-${index}`, "last"));
  return { parts, links };
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width - 0.01 &&
    other.x < one.x + one.width - 0.01 &&
    one.y < other.y + other.height - 0.01 &&
    other.y < one.y + one.height - 0.01
  );
}

type Rectangle = Pick<Box, "x" | "y" | "width" | "height">;

/** Rectangles that no line may enter, and how each line passes: the rectangle around each of its stretches. */
function stretches(layout: MapLayout, index: number): Rectangle[] {
  const points = layout.links[index]?.points ?? [];
  return points.slice(1).map((point, at) => {
    const before = points[at] ?? point;
    return {
      x: Math.min(point.x, before.x),
      y: Math.min(point.y, before.y),
      width: Math.abs(point.x - before.x),
      height: Math.abs(point.y - before.y),
    };
  });
}

function labelBoxes(layout: MapLayout): Rectangle[] {
  return layout.links.map(({ label }) => ({
    x: label.x - LABEL.width / 2,
    y: label.y - LABEL.height / 2,
    ...LABEL,
  }));
}

test("clients stand at the left, then edges, services, and stores at the right", () => {
  const layout = layoutMap(
    [part("clients", "first"), part("front"), part("links", "last"), part("hot", "last"), part("shortener")],
    [
      { from: "clients", to: "front" },
      { from: "front", to: "shortener" },
      { from: "shortener", to: "links" },
      { from: "shortener", to: "hot" },
    ],
    { label: LABEL },
  );
  const layers = new Map([...layout.boxes].map(([name, box]) => [name, box.layer]));
  assert.deepEqual(Object.fromEntries(layers), { clients: 0, front: 1, links: 3, hot: 3, shortener: 2 });
  const [clients, front, shortener] = ["clients", "front", "shortener"].map((name) => layout.boxes.get(name));
  assert.equal(clients?.y, front?.y, "a chain is one straight line");
  assert.equal(front?.y, shortener?.y);
  assert.equal(
    layout.links[0]?.points.every((point) => point.y === layout.links[0]?.points[0]?.y),
    true,
  );
});

test("a store that an early part uses still stands at the right, and a task right before what it fills", () => {
  const layout = layoutMap(
    [
      part("clients", "first"),
      part("front"),
      part("a"),
      part("b"),
      part("files", "last"),
      part("fill"),
      part("rows", "last"),
    ],
    [
      { from: "clients", to: "front" },
      { from: "front", to: "files" },
      { from: "front", to: "a" },
      { from: "a", to: "b" },
      { from: "b", to: "rows" },
      { from: "fill", to: "rows" },
    ],
    { label: LABEL },
  );
  assert.equal(layout.boxes.get("files")?.layer, layout.boxes.get("rows")?.layer);
  assert.equal(layout.boxes.get("fill")?.layer, (layout.boxes.get("rows")?.layer ?? 0) - 1);
});

test("no two boxes and no two labels of any system ever lie over each other", () => {
  fc.assert(
    fc.property(systems, ({ parts, links, direction }) => {
      const layout = layoutMap(parts, links, { direction, label: LABEL });
      const all = [...layout.boxes.values(), ...labelBoxes(layout)];
      for (const [index, one] of all.entries()) {
        for (const other of all.slice(index + 1)) assert.equal(overlap(one, other), false);
        assert.ok(one.x >= -0.01 && one.x + one.width <= layout.width + 0.01);
        assert.ok(one.y >= -0.01 && one.y + one.height <= layout.height + 0.01);
      }
    }),
  );
});

test("no line runs through a box, or through the label of another line", () => {
  fc.assert(
    fc.property(systems, ({ parts, links, direction }) => {
      const layout = layoutMap(parts, links, { direction, label: LABEL });
      const labels = labelBoxes(layout);
      layout.links.forEach((_, index) => {
        for (const stretch of stretches(layout, index)) {
          for (const box of layout.boxes.values()) assert.equal(overlap(stretch, box), false);
          labels.forEach((label, of) => {
            if (of !== index) assert.equal(overlap(stretch, label), false);
          });
        }
      });
    }),
  );
});

test("each line begins at the edge of the one box and ends at that of the other, circles too", () => {
  fc.assert(
    fc.property(systems, ({ parts, links, direction }) => {
      const layout = layoutMap(parts, links, { direction, label: LABEL });
      for (const link of layout.links) {
        const ends = [
          [link.from, link.points[0]],
          [link.to, link.points.at(-1)],
        ] as const;
        for (const [name, point] of ends) {
          const box = layout.boxes.get(name);
          assert.ok(box && point);
          const inX = point.x >= box.x - 0.01 && point.x <= box.x + box.width + 0.01;
          const inY = point.y >= box.y - 0.01 && point.y <= box.y + box.height + 0.01;
          assert.ok(inX && inY, `${link.from} to ${link.to}`);
        }
      }
      const wanted = new Set(
        links
          .filter((one) => one.from !== one.to && one.from !== "nobody")
          .map((one) => `${one.from}>${one.to}`),
      );
      assert.equal(layout.links.length, wanted.size);
    }),
  );
});

test("the same system is drawn the same", () => {
  const { parts, links } = bigSystem();
  assert.deepEqual(layoutMap(parts, links, { label: LABEL }), layoutMap(parts, links, { label: LABEL }));
});

test("two lines that need not cross do not", () => {
  const names = ["a", "b", "c", "d"];
  const layout = layoutMap(
    [...names.map((name) => part(name)), ...names.map((name) => part(`${name}-store`, "last"))],
    [...names].reverse().map((name) => ({ from: name, to: `${name}-store` })),
    { label: LABEL },
  );
  for (const name of names) assert.equal(layout.boxes.get(name)?.y, layout.boxes.get(`${name}-store`)?.y);
});

test("a part more leaves the others in their order", () => {
  const { parts, links } = bigSystem();
  const before = layoutMap(parts, links, { label: LABEL });
  const after = layoutMap(
    [...parts, part("audit")],
    [...links, { from: "front", to: "audit" }, { from: "audit", to: "store-3" }],
    { label: LABEL, before },
  );
  let [kept, changed] = [0, 0];
  const placed = [...before.boxes];
  for (const [name, box] of placed) {
    for (const [other, otherBox] of placed) {
      if (box.layer !== otherBox.layer || box.place >= otherBox.place) continue;
      const now = (after.boxes.get(name)?.y ?? 0) < (after.boxes.get(other)?.y ?? 0);
      if (now) kept++;
      else changed++;
    }
  }
  assert.ok(changed <= kept * 0.02, `${changed} of ${kept + changed} pairs changed their order`);
});

test("50 parts and 120 links are drawn in a few milliseconds", () => {
  const { parts, links } = bigSystem();
  assert.equal(parts.length, 50);
  for (let warm = 0; warm < 20; warm++) layoutMap(parts, links, { label: LABEL });
  const begin = performance.now();
  for (let round = 0; round < 10; round++) layoutMap(parts, links, { label: LABEL });
  const ms = (performance.now() - begin) / 10;
  assert.ok(ms < 60, `${ms} ms`);
});

test("an empty system has an empty drawing", () => {
  assert.deepEqual(layoutMap([], [], { label: LABEL }), { width: 0, height: 0, boxes: new Map(), links: [] });
});
