/** A link between two parts, each by its index. Pure. */
export interface IndexedLink {
  readonly from: number;
  readonly to: number;
}

/** Where a part wants to stand: `first` at the very left, `last` as far right as the drawing goes. */
export type Wish = "first" | "last" | undefined;

export interface Layers {
  /** The layer of each part, from 0. */
  readonly layerOf: readonly number[];
  /** Of each link, whether it closes a circle and is drawn against the order. */
  readonly reversed: readonly boolean[];
}

/**
 * Puts parts into layers so that every link leads to a later one, the first step of a layered drawing (Sugiyama, Tagawa and Toda,
 * 1981): links that close a circle are turned around, then each part stands after the farthest of those who use it. A part that wishes to
 * be last and uses nothing goes to the last layer; one that nobody uses stands right before what it uses. Links from a part to itself
 * must have been taken out.
 */
export function assignLayers(wishes: readonly Wish[], links: readonly IndexedLink[]): Layers {
  const reversed = circlesBroken(wishes, links);
  const count = wishes.length;
  const after: number[][] = Array.from({ length: count }, () => []);
  const before: number[][] = Array.from({ length: count }, () => []);
  links.forEach((link, index) => {
    const [from, to] = reversed[index] ? [link.to, link.from] : [link.from, link.to];
    after[from]?.push(to);
    before[to]?.push(from);
  });
  const order = topologicalOrder(after, before);
  const hasFirst = wishes.includes("first");
  const layerOf = new Array<number>(count).fill(0);
  for (const part of order) {
    const floor = wishes[part] === "first" || !hasFirst ? 0 : 1;
    layerOf[part] = Math.max(floor, ...(before[part] ?? []).map((user) => (layerOf[user] ?? 0) + 1));
  }
  const last = Math.max(0, ...layerOf);
  for (let at = order.length - 1; at >= 0; at--) {
    const part = order[at] ?? 0;
    const used = after[part] ?? [];
    const mine = layerOf[part] ?? 0;
    if (used.length === 0) {
      if (wishes[part] === "last") layerOf[part] = Math.max(mine, last);
    } else if (before[part]?.length === 0 && wishes[part] !== "first") {
      layerOf[part] = Math.max(mine, Math.min(...used.map((one) => layerOf[one] ?? 0)) - 1);
    }
  }
  return { layerOf: withoutEmpty(layerOf), reversed };
}

/** Which links a depth-first walk finds to lead back to a part it is still under: without them no circle is left. */
function circlesBroken(wishes: readonly Wish[], links: readonly IndexedLink[]): boolean[] {
  const outgoing: number[][] = wishes.map(() => []);
  const isUsed = wishes.map(() => false);
  links.forEach((link, index) => {
    outgoing[link.from]?.push(index);
    isUsed[link.to] = true;
  });
  const all = wishes.map((_, index) => index);
  const starts = [
    ...all.filter((part) => wishes[part] === "first"),
    ...all.filter((part) => !isUsed[part]),
    ...all,
  ];
  const reversed = links.map(() => false);
  /** 0 unseen, 1 under way, 2 done. */
  const stage = new Uint8Array(wishes.length);
  const nextOf = new Uint32Array(wishes.length);
  for (const start of starts) {
    if (stage[start] !== 0) continue;
    stage[start] = 1;
    const stack = [start];
    for (let part = stack.at(-1); part !== undefined; part = stack.at(-1)) {
      const index = outgoing[part]?.[nextOf[part] ?? 0];
      const to = index === undefined ? undefined : links[index]?.to;
      if (index === undefined || to === undefined) {
        stage[part] = 2;
        stack.pop();
        continue;
      }
      nextOf[part] = (nextOf[part] ?? 0) + 1;
      if (stage[to] === 1) reversed[index] = true;
      else if (stage[to] === 0) {
        stage[to] = 1;
        stack.push(to);
      }
    }
  }
  return reversed;
}

function topologicalOrder(after: readonly number[][], before: readonly number[][]): number[] {
  const missing = before.map((users) => users.length);
  const order = after.map((_, index) => index).filter((part) => missing[part] === 0);
  for (let at = 0; at < order.length; at++) {
    for (const used of after[order[at] ?? 0] ?? []) {
      missing[used] = (missing[used] ?? 0) - 1;
      if (missing[used] === 0) order.push(used);
    }
  }
  return order;
}

/** Closes up layers in which nothing stands. */
function withoutEmpty(layerOf: readonly number[]): number[] {
  const used = [...new Set(layerOf)].sort((one, other) => one - other);
  const numberOf = new Map(used.map((layer, index) => [layer, index]));
  return layerOf.map((layer) => numberOf.get(layer) ?? 0);
}
