/** Finds by a few letters of a name, in their order, as people type them into a palette. Pure. */
export interface Found<Item> {
  readonly item: Item;
  /** Which letters of the name were meant, by code point. */
  readonly hits: readonly number[];
}

/** What is looked at of a name and of what was typed, at most. */
const LENGTH_MAX = 200;

/** The items whose name has these letters, the likeliest first; without letters all, as they stand. Words may come in any order. */
export function ranked<Item>(
  text: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  countMax: number,
): Found<Item>[] {
  const words = text.slice(0, LENGTH_MAX).toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items.slice(0, countMax).map((item) => ({ item, hits: [] }));
  const found: (Found<Item> & { score: number; at: number })[] = [];
  items.forEach((item, at) => {
    const letters = [...nameOf(item).slice(0, LENGTH_MAX)].map((letter) => letter.toLowerCase());
    let score = 0;
    const hits: number[] = [];
    for (const word of words) {
      const match = bestMatch([...word], letters);
      if (!match) return;
      score += match.score;
      hits.push(...match.hits);
    }
    // Of two that fit as well, the shorter one is the more likely.
    found.push({ item, hits, score: score - letters.length * 0.05, at });
  });
  found.sort((one, other) => other.score - one.score || one.at - other.at);
  return found.slice(0, countMax).map(({ item, hits }) => ({ item, hits }));
}

interface Match {
  readonly score: number;
  readonly hits: readonly number[];
}

/** The best of the ways in which the word's letters occur, each begun at another place where its first letter stands. */
function bestMatch(word: readonly string[], letters: readonly string[]): Match | undefined {
  let best: Match | undefined;
  letters.forEach((letter, start) => {
    if (letter !== word[0]) return;
    const match = matchFrom(word, letters, start);
    if (match && (!best || match.score > best.score)) best = match;
  });
  return best;
}

function matchFrom(word: readonly string[], letters: readonly string[], start: number): Match | undefined {
  const hits: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of word) {
    const next = letters.indexOf(letter, at);
    if (next < 0) return undefined;
    // A beginning of a word counts most, then what follows on the letter before.
    score += isBeginning(letters, next) ? 4 : next === at && hits.length > 0 ? 3 : 1;
    if (hits.length > 0) score -= Math.min(2, (next - at) * 0.25);
    hits.push(next);
    at = next + 1;
  }
  if (start === 0) score += 2;
  return { score, hits };
}

function isBeginning(letters: readonly string[], at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(letters[at - 1] ?? "");
}
