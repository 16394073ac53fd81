/** A group of keys that begin alike, up to a colon. */
export interface KeyGroup<Key> {
  /** What they begin with, its colon included; empty of the whole. */
  readonly prefix: string;
  /** Of those within it too. */
  readonly count: number;
  readonly groups: readonly KeyGroup<Key>[];
  /** Those that belong to no group within. */
  readonly keys: readonly Key[];
}

/** Groups within groups; what lies deeper stays together. */
const DEPTH_MAX = 6;

/** Groups keys by the colons in them, as they are named by custom: `user:42:cart`. What would be a group of one is none. Pure. */
export function keyTree<Key extends { readonly key: string }>(keys: readonly Key[]): KeyGroup<Key> {
  return groupOf("", keys, 0);
}

function groupOf<Key extends { readonly key: string }>(
  prefix: string,
  keys: readonly Key[],
  depth: number,
): KeyGroup<Key> {
  const within = new Map<string, Key[]>();
  const alone: Key[] = [];
  for (const key of keys) {
    const colon = depth < DEPTH_MAX ? key.key.indexOf(":", prefix.length) : -1;
    if (colon < 0) {
      alone.push(key);
      continue;
    }
    const longer = key.key.slice(0, colon + 1);
    const group = within.get(longer);
    if (group) group.push(key);
    else within.set(longer, [key]);
  }
  const groups: KeyGroup<Key>[] = [];
  for (const [longer, some] of within) {
    if (some.length === 1) alone.push(...some);
    else groups.push(groupOf(longer, some, depth + 1));
  }
  return {
    prefix,
    count: keys.length,
    groups: groups.sort((one, other) => compare(one.prefix, other.prefix)),
    keys: alone.sort((one, other) => compare(one.key, other.key)),
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
