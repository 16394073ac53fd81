import type { ComponentChildren, JSX } from "preact";
import type { SqlAdvice, SqlIndex, SqlQueryAnswer, SqlTable } from "../../../../control-api/index.ts";
import { agoText, formatted } from "../../../model/format.ts";
import { hrefOf, setParams } from "../../state/address.ts";
import { nowMs } from "../../state/clock.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Failure, Loading } from "../../ui/empty.tsx";
import { Table } from "../../ui/table.tsx";
import { useData } from "../ask-data.ts";
import { ShownText } from "../shown-text.tsx";
import { AdviceList } from "./advice-list.tsx";
import { Grid } from "./grid.tsx";
import { Problem } from "./problem.tsx";

const ROWS = 50;

/** One table: what is known of it, what could be better, its columns and indexes, and its first rows. */
export function OneTable({
  part,
  table,
  advice,
}: {
  readonly part: string;
  readonly table: SqlTable;
  readonly advice: readonly SqlAdvice[];
}): JSX.Element {
  const select = `SELECT * FROM ${quoted(table.schema)}.${quoted(table.name)} LIMIT 100`;
  return (
    <>
      <section class="card" aria-labelledby="data-table">
        <header class="card-head data-value-head">
          <h2 id="data-table">
            <span class="faint">{table.schema}.</span>
            <ShownText text={table.name} />
          </h2>
          <a class="button" href={hrefOf("data", { part, look: "sql-query", sql: select })}>
            Query it
          </a>
          <Button look="quiet" icon="close" label="Close" onClick={() => setParams({ table: undefined })} />
        </header>
        <Figures of={table} />
        {advice.length > 0 && <AdviceList advice={advice} />}
      </section>
      <Columns of={table} />
      {table.indexes.length > 0 && <Indexes of={table} />}
      <FirstRows part={part} table={table} />
    </>
  );
}

function Figures({ of }: { readonly of: SqlTable }): JSX.Element {
  const analyzed =
    of.analyzedMs === undefined ? (of.scans ? "never" : "–") : agoText(of.analyzedMs, nowMs.value);
  return (
    <dl class="data-strip">
      <Figure title="Rows">{formatted(of.rows, "number")}</Figure>
      <Figure title="Dead rows">{formatted(of.deadRows, "number")}</Figure>
      <Figure title="Table">{formatted(of.tableBytes, "bytes")}</Figure>
      <Figure title="Indexes">{formatted(of.indexBytes, "bytes")}</Figure>
      <Figure title="Read whole">{formatted(of.scans?.sequential, "number")}</Figure>
      <Figure title="By an index">{formatted(of.scans?.index, "number")}</Figure>
      <Figure title="Analyzed">{analyzed}</Figure>
    </dl>
  );
}

function Figure({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Columns({ of }: { readonly of: SqlTable }): JSX.Element {
  const primary = new Set(of.indexes.find(({ isPrimary }) => isPrimary)?.columns);
  const leadsTo = new Map(
    of.foreignKeys.flatMap(({ columns, to }) => columns.map((name) => [name, to] as const)),
  );
  return (
    <div class="card">
      <header class="card-head">
        <h2>Columns</h2>
      </header>
      <Table
        caption="Columns"
        columns={[
          { id: "name", title: "Name", cell: ({ name }) => <ShownText text={name} /> },
          { id: "type", title: "Type", cell: ({ type }) => <span class="mono">{type}</span> },
          {
            id: "about",
            title: "About",
            cell: ({ name, nullable }) => (
              <span class="data-badges">
                {primary.has(name) && <Badge>primary key</Badge>}
                {leadsTo.has(name) && <Badge>{`→ ${leadsTo.get(name)}`}</Badge>}
                {nullable && <span class="faint">may be NULL</span>}
              </span>
            ),
          },
          {
            id: "default",
            title: "Default",
            cell: (one) => (
              <span class="mono soft data-clip">
                <ShownText text={one.default ?? ""} />
              </span>
            ),
          },
        ]}
        rows={of.columns}
        keyOf={({ name }) => name}
      />
    </div>
  );
}

function Indexes({ of }: { readonly of: SqlTable }): JSX.Element {
  return (
    <div class="card">
      <header class="card-head">
        <h2>Indexes</h2>
      </header>
      <Table
        caption="Indexes"
        columns={[
          {
            id: "name",
            title: "Name",
            cell: (index) => (
              <span class="data-badges">
                <ShownText text={index.name} />
                <Marks of={index} />
              </span>
            ),
          },
          {
            id: "definition",
            title: "On",
            cell: ({ definition }) => (
              <span class="mono soft data-clip" title={definition}>
                <ShownText text={/ USING (.*)$/.exec(definition)?.[1] ?? definition} />
              </span>
            ),
          },
          { id: "scans", title: "Used", align: "right", cell: ({ scans }) => formatted(scans, "number") },
          { id: "size", title: "Size", align: "right", cell: ({ bytes }) => formatted(bytes, "bytes") },
        ]}
        rows={of.indexes}
        keyOf={({ name }) => name}
      />
    </div>
  );
}

function Marks({ of }: { readonly of: SqlIndex }): JSX.Element {
  return (
    <>
      {of.isPrimary ? <Badge>primary</Badge> : of.isUnique ? <Badge>unique</Badge> : null}
      {!of.isValid && <Badge level="bad">not valid</Badge>}
    </>
  );
}

function FirstRows({ part, table }: { readonly part: string; readonly table: SqlTable }): JSX.Element {
  const input = { schema: table.schema, table: table.name, limit: ROWS };
  const { data, error, reload } = useData<SqlQueryAnswer>(part, "rows", input);
  return (
    <div class="card">
      <header class="card-head">
        <h2>First rows</h2>
      </header>
      {error && <Failure error={error} onRetry={reload} />}
      {!error && !data && <Loading />}
      {data &&
        ("problem" in data ? <Problem of={data.problem} sql="" /> : <Grid of={data} caption="First rows" />)}
    </div>
  );
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
