import type { JSX } from "preact";
import type { SqlStatementsAnswer } from "../../../../control-api/index.ts";
import { formatted } from "../../../model/format.ts";
import { hrefOf } from "../../state/address.ts";
import { Table } from "../../ui/table.tsx";
import { useData } from "../ask-data.ts";
import { ShownText } from "../shown-text.tsx";

const TITLE_CHARS = 120;

/** The statements that took most time, where the server counts them. */
export function SlowStatements({ part }: { readonly part: string }): JSX.Element | null {
  const { data } = useData<SqlStatementsAnswer>(part, "statements", {});
  if (!data) return null;
  return (
    <div class="card">
      <header class="card-head">
        <h2>Statements that took most time</h2>
      </header>
      {data.isKnown ? (
        <Table
          caption="Statements that took most time"
          columns={[
            {
              id: "text",
              title: "Statement",
              cell: ({ text }) => (
                <a class="mono data-statement" href={hrefOf("data", { part, look: "sql-query", sql: text })}>
                  <ShownText text={text.replace(/\s+/g, " ").slice(0, TITLE_CHARS)} />
                </a>
              ),
            },
            { id: "calls", title: "Calls", align: "right", cell: ({ calls }) => formatted(calls, "number") },
            {
              id: "mean",
              title: "Mean",
              align: "right",
              cell: (one) => formatted(one.calls > 0 ? one.totalMs / one.calls : undefined, "ms"),
            },
            { id: "total", title: "Total", align: "right", cell: ({ totalMs }) => formatted(totalMs, "ms") },
            { id: "rows", title: "Rows", align: "right", cell: ({ rows }) => formatted(rows, "number") },
          ]}
          rows={data.statements}
          keyOf={({ text }) => text}
        />
      ) : (
        <p class="data-note soft">
          The server counts them once it is started with{" "}
          <code>shared_preload_libraries = 'pg_stat_statements'</code> and{" "}
          <code>CREATE EXTENSION pg_stat_statements</code> was run.
        </p>
      )}
    </div>
  );
}
