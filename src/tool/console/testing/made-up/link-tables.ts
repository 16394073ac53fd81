import type {
  PlanNode,
  SqlExplainAnswer,
  SqlGrid,
  SqlIndex,
  SqlProblem,
  SqlStatementsAnswer,
  SqlTable,
  SqlTablesAnswer,
} from "../../../control-api/index.ts";

/** A database that is not there: tables with something to be said about them, rows of all sorts, and a plan that went wrong. */

/** Answers as the views of a database do; undefined of a verb that it has not. */
export function linksAnswer(verb: string, input: Readonly<Record<string, unknown>>): object | undefined {
  if (verb === "tables") return TABLES;
  if (verb === "statements") return STATEMENTS;
  if (verb === "rows") return { ...ROWS, cut: "rows" };
  const sql = String(input.sql);
  const problem = problemIn(sql);
  if (verb === "query") return problem ? { problem } : / many/.test(sql) ? MANY : ROWS;
  return verb === "explain" ? (problem ? { problem } : explained(input.analyze === true)) : undefined;
}

function problemIn(sql: string): SqlProblem | undefined {
  const at = sql.indexOf("nme");
  if (at >= 0) {
    return {
      message: 'column "nme" does not exist',
      state: "42703",
      hint: 'Perhaps you meant to reference the column "links.name".',
      position: at,
    };
  }
  if (!/drop/i.test(sql)) return undefined;
  return {
    message: "Only statements that read are run here: SELECT, WITH, VALUES, TABLE and SHOW, and not DROP",
    position: 0,
  };
}

function index(name: string, columns: readonly string[], more: Partial<SqlIndex> = {}): SqlIndex {
  return {
    name,
    columns,
    definition: `CREATE INDEX ${name} ON public.links USING btree (${columns.join(", ")})`,
    bytes: 21 * 2 ** 20,
    scans: 120_400,
    isPrimary: false,
    isUnique: false,
    isValid: true,
    ...more,
  };
}

const LINKS: SqlTable = {
  schema: "public",
  name: "links",
  kind: "table",
  rows: 1_204_000,
  deadRows: 2_100,
  tableBytes: 190 * 2 ** 20,
  indexBytes: 64 * 2 ** 20,
  scans: { sequential: 412, sequentialRows: 496_000_000, index: 190 },
  analyzedMs: 1_772_355_000_000,
  columns: [
    { name: "id", type: "bigint", nullable: false, default: "nextval('links_id_seq'::regclass)" },
    { name: "code", type: "text", nullable: false },
    { name: "target", type: "text", nullable: false },
    { name: "owner", type: "bigint", nullable: true },
    { name: "made_at", type: "timestamp with time zone", nullable: false, default: "now()" },
    { name: "extra", type: "jsonb", nullable: true },
  ],
  indexes: [
    index("links_pkey", ["id"], { isPrimary: true, isUnique: true }),
    index("links_code_key", ["code"], { isUnique: true }),
    index("links_code", ["code"], { scans: 0 }),
  ],
  foreignKeys: [{ name: "links_owner_fkey", columns: ["owner"], to: "owners" }],
};

function table(schema: string, name: string, rows: number): SqlTable {
  return {
    schema,
    name,
    kind: "table",
    rows,
    tableBytes: rows * 120,
    indexBytes: rows * 40,
    scans: { sequential: 3, sequentialRows: 3 * rows, index: 9_000 },
    columns: [{ name: "id", type: "bigint", nullable: false }],
    indexes: [],
    foreignKeys: [],
  };
}

const POPULAR: SqlTable = {
  schema: "public",
  name: "popular",
  kind: "view",
  tableBytes: 0,
  indexBytes: 0,
  columns: [{ name: "code", type: "text", nullable: true }],
  indexes: [],
  foreignKeys: [],
};

const TABLES: SqlTablesAnswer = {
  tables: [
    LINKS,
    table("public", "owners", 48_000),
    table("audit", "events", 20_500),
    table("public", '<b onclick="x">\u202eodd', 12),
    POPULAR,
  ],
  leftOut: 0,
  advice: [
    {
      about: "public.links",
      level: "warn",
      title: "Often read whole",
      text: "It was read from end to end 412 times, some 1,203,883 rows each, and by an index 190 times. Explain the queries that use it: one of them lacks an index.",
    },
    {
      about: "public.links",
      level: "warn",
      title: "Foreign key without an index",
      text: "Each DELETE in owners, and each join from there, reads this table whole to find what refers to it (links_owner_fkey).",
      sql: "CREATE INDEX CONCURRENTLY ON public.links (owner);",
    },
    {
      about: "public.links",
      level: "info",
      title: "Index twice",
      text: "links_code finds nothing that links_code_key does not find as well, and each write pays for both.",
      sql: "DROP INDEX CONCURRENTLY public.links_code;",
    },
  ],
};

const STATEMENTS: SqlStatementsAnswer = {
  isKnown: true,
  statements: [
    { text: "SELECT target FROM links WHERE code = $1", calls: 981_000, totalMs: 41_000, rows: 970_000 },
    { text: "SELECT count(*) FROM links WHERE owner = $1", calls: 412, totalMs: 39_000, rows: 412 },
  ],
};

const ROWS: SqlGrid = {
  columns: LINKS.columns.map(({ name, type }) => ({ name, type })),
  rows: [
    ["1", "a1", "https://example.com/", "7", "2026-02-28 10:00:00+00", '{"utm": "x"}'],
    ["2", "b7", '<img src=x onerror="document.title=1">', null, "2026-02-28 10:00:01+00", null],
    ["3", "zz\u202egpj\u0007", "", "7", "2026-02-28 10:00:02+00", "{}"],
    [
      "4",
      "long",
      { text: "https://example.com/?q=".padEnd(4_096, "x"), length: 2_000_000 },
      "9",
      "2026-02-28 10:00:03+00",
      `{"list": [${"1, ".repeat(60)}1]}`,
    ],
  ],
  tookMs: 3.2,
};

const MANY: SqlGrid = {
  columns: ROWS.columns,
  rows: Array.from({ length: 500 }, (_, at) => [
    String(at),
    `c${at}`,
    `https://example.com/${at}`,
    at % 3 === 0 ? null : String(at % 50),
    "2026-02-28 10:00:00+00",
    "{}",
  ]),
  cut: "rows",
  tookMs: 41,
};

function explained(isMeasured: boolean): SqlExplainAnswer {
  const scan = step("0.0.0.0", "Seq Scan", "Parallel Seq Scan on links l", 0, [412, 1_204_000], 118, {
    relation: "public.links",
    rowsRemoved: 1_203_588,
    details: [
      { name: "Filter", text: "(l.owner = 7)" },
      { name: "Shared Read Blocks", text: "24320" },
    ],
  });
  const hash = step("0.0.0.1", "Hash", "Hash", 1, [48_000, 48_000], 9, {
    details: [{ name: "Hash Batches", text: "1" }],
  });
  const join = step(
    "0.0.0",
    "Hash Join",
    "Hash Left Join",
    0,
    [412, 5],
    4,
    { details: [{ name: "Hash Cond", text: "(l.owner = o.id)" }] },
    [scan, hash],
  );
  const sort = step(
    "0.0",
    "Sort",
    "Sort",
    0,
    [412, 5],
    1,
    { details: [{ name: "Sort Key", text: "l.made_at DESC" }] },
    [join],
  );
  const plan = step("0", "Limit", "Limit", 0, [10, 5], 0.02, {}, [sort]);
  return {
    plan: isMeasured ? plan : planned(plan),
    ...(isMeasured ? { planningMs: 0.4, executionMs: 133 } : {}),
    advice: [
      {
        about: "0.0.0.0",
        level: "warn",
        title: "Sequential scan that keeps few rows",
        text: "public.links is read whole: 1,204,000 rows to keep 412 rows. An index on what the filter compares would lead to them at once.",
        sql: "CREATE INDEX CONCURRENTLY ON public.links (owner);",
      },
      ...(isMeasured
        ? [
            {
              about: "0.0.0",
              level: "warn",
              title: "Estimate far off",
              text: "PostgreSQL expected 5 rows and found 412 rows: it may choose another plan when it knows better.",
              sql: "ANALYZE public.links;",
            } as const,
          ]
        : []),
    ],
  };
}

function step(
  id: string,
  type: string,
  title: string,
  loops: number,
  [rows, rowsEstimated]: readonly [number, number],
  selfMs: number,
  more: Partial<PlanNode>,
  children: readonly PlanNode[] = [],
): PlanNode {
  return {
    id,
    type,
    title,
    cost: selfMs * 210 + children.reduce((sum, child) => sum + child.cost, 0),
    rows,
    rowsEstimated,
    loops: Math.max(1, loops),
    selfMs,
    totalMs: selfMs + children.reduce((sum, child) => sum + (child.totalMs ?? 0), 0),
    details: [],
    children,
    ...more,
  };
}

function planned({
  rows: _rows,
  loops: _loops,
  selfMs: _self,
  totalMs: _total,
  rowsRemoved: _removed,
  children,
  ...rest
}: PlanNode): PlanNode {
  return { ...rest, children: children.map(planned) };
}
