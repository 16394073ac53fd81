/** One condition of a filter on a column of one table. */
export interface FilterColumn {
  readonly column: string;
  /** `equal` comes first in an index, `range` behind it; `like` is a pattern whose beginning is not known. */
  readonly use: "equal" | "range" | "like";
  /** As an index would have it: the column, or the expression around it. */
  readonly expression: string;
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[a-z_][\w$]*)`;
/** What compares: behind it a pattern that begins with a wildcard is of interest. */
const OPERATOR = / (?<operator>=|<=|>=|<|>|~~\*?|IS NULL|IS NOT NULL)(?= (?<open>'%)?|\)|$)/g;
/** What may stand between a column and its operator: parentheses that are closed, and casts. */
const BEHIND = /(?:\)|::[a-z_][a-z0-9_ ]*(?:\(\d+(?:,\d+)?\))?(?:\[\])?)$/i;
/** A column, or a function of it: `(t.code`, `(lower(t.email`. */
const COLUMN = new RegExp(String.raw`(?:(?<function>${NAME})\()?\(*(?:${NAME}\.)?(?<column>${NAME})$`, "i");
/** How far back a column is looked for, and how many are. */
const REACH = 200;
const OPERATORS_MAX = 100;
/** Words that stand where a column might. */
const WORDS = new Set([
  "and",
  "or",
  "not",
  "any",
  "all",
  "case",
  "when",
  "then",
  "else",
  "end",
  "null",
  "true",
  "false",
]);

/**
 * Finds the columns in a filter as `EXPLAIN` writes it, those that are compared for equality first, each once. What is too involved is
 * not found: this is for advice. Pure.
 */
export function filterColumns(filter: string): FilterColumn[] {
  // What stands in strings is nobody's column; only whether a pattern begins with a wildcard matters.
  const bare = filter
    .slice(0, 10_000)
    .replace(/'(%)?(?:[^']|'')*'/g, (_all, wildcard) => (wildcard ? "'%'" : "''"));
  const found = new Map<string, FilterColumn>();
  for (const { groups, index } of [...bare.matchAll(OPERATOR)].slice(0, OPERATORS_MAX)) {
    let left = bare.slice(Math.max(0, index - REACH), index);
    for (let shorter = left.replace(BEHIND, ""); shorter !== left; shorter = left.replace(BEHIND, ""))
      left = shorter;
    const names = COLUMN.exec(left)?.groups;
    const column = unquoted(names?.column ?? "");
    if (column === "" || WORDS.has(column.toLowerCase()) || found.has(column)) continue;
    const name = names?.column ?? "";
    found.set(column, {
      column,
      use: useOf(groups?.operator ?? "", groups?.open !== undefined),
      expression: names?.function === undefined ? name : `${names.function}(${name})`,
    });
  }
  const order = { equal: 0, range: 1, like: 2 };
  return [...found.values()].sort((one, other) => order[one.use] - order[other.use]);
}

/** Whether a filter asks for this or that of different columns, which no one index answers. */
export function hasOrOfColumns(filter: string): boolean {
  return / OR /.test(filter.replace(/'(?:[^']|'')*'/g, "''")) && filterColumns(filter).length > 1;
}

function useOf(operator: string, isOpen: boolean): FilterColumn["use"] {
  if (operator.startsWith("~~")) return isOpen || operator === "~~*" ? "like" : "range";
  return operator === "=" || operator.startsWith("IS") ? "equal" : "range";
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
