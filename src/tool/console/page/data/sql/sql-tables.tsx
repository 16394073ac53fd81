import type { JSX } from "preact";
import type { SqlAdvice, SqlTable, SqlTablesAnswer } from "../../../../control-api/index.ts";
import { formatted } from "../../../model/format.ts";
import { address, useParam } from "../../state/address.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty, Failure, Loading } from "../../ui/empty.tsx";
import { useData } from "../ask-data.ts";
import { ShownText } from "../shown-text.tsx";
import { AdviceList } from "./advice-list.tsx";
import { OneTable } from "./one-table.tsx";
import { SlowStatements } from "./slow-statements.tsx";

/** The tables of a database, and the one that is chosen; without one, what could be better about them all. */
export function SqlTables({ part }: { readonly part: string }): JSX.Element {
  const { data, error, isLoading, reload } = useData<SqlTablesAnswer>(part, "tables", {});
  const [chosen] = useParam("table");
  if (error) return <Failure error={error} onRetry={reload} />;
  if (!data) return <Loading lines={8} />;
  const table = data.tables.find((one) => nameOf(one) === chosen);
  const advice = table ? data.advice.filter(({ about }) => about === nameOf(table)) : data.advice;
  return (
    <div class={`data-panes${chosen === undefined ? "" : " data-panes-open"}`}>
      <section class="card data-list" aria-label="Tables">
        <header class="card-head">
          <h2>Tables</h2>
          <Button look="quiet" icon="restart" label="Look again" disabled={isLoading} onClick={reload} />
        </header>
        {data.tables.length === 0 ? (
          <Empty icon="table" title="The database has no table yet" />
        ) : (
          <TableList tables={data.tables} advice={data.advice} chosen={chosen} />
        )}
        {data.leftOut > 0 && <p class="data-cut">{data.leftOut} smaller ones are not shown</p>}
      </section>
      <div class="data-detail">
        {table ? (
          <OneTable key={nameOf(table)} part={part} table={table} advice={advice} />
        ) : chosen !== undefined ? (
          <section class="card">
            <Empty icon="table" title={`There is no table ${chosen}`} />
          </section>
        ) : (
          <Overview part={part} advice={advice} />
        )}
      </div>
    </div>
  );
}

/** A table's name with its schema, as the address and advice have it. */
function nameOf({ schema, name }: SqlTable): string {
  return `${schema}.${name}`;
}

function TableList({
  tables,
  advice,
  chosen,
}: {
  readonly tables: readonly SqlTable[];
  readonly advice: readonly SqlAdvice[];
  readonly chosen: string | undefined;
}): JSX.Element {
  const most = Math.max(1, ...tables.map(sizeOf));
  return (
    <ul class="tables-list">
      {tables.map((table) => {
        const name = nameOf(table);
        const query = new URLSearchParams(address.value);
        query.set("table", name);
        const words = advice.filter(({ about }) => about === name);
        return (
          <li key={name}>
            <a
              class="tables-line"
              href={`/?${query}`}
              {...(name === chosen ? { "aria-current": "true" } : {})}
            >
              <span class="tables-name">
                {table.schema !== "public" && <span class="faint">{table.schema}.</span>}
                <ShownText text={table.name} />
              </span>
              {table.kind !== "table" && <span class="faint">{table.kind}</span>}
              {words.length > 0 && (
                <Badge level={words.some(({ level }) => level === "warn") ? "warn" : "plain"} icon={false}>
                  {words.length}
                  <span class="unseen"> pieces of advice</span>
                </Badge>
              )}
              <span class="tables-rows">
                {table.rows !== undefined && `${formatted(table.rows, "number")} rows`}
              </span>
              <span class="tables-size faint">
                {table.kind !== "view" && formatted(sizeOf(table), "bytes")}
              </span>
              <span class="tables-bar" style={{ transform: `scaleX(${sizeOf(table) / most})` }} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function sizeOf({ tableBytes, indexBytes }: SqlTable): number {
  return tableBytes + indexBytes;
}

function Overview({
  part,
  advice,
}: {
  readonly part: string;
  readonly advice: readonly SqlAdvice[];
}): JSX.Element {
  return (
    <>
      <section class="card" aria-labelledby="data-advice">
        <header class="card-head">
          <h2 id="data-advice">What could be better</h2>
        </header>
        {advice.length === 0 ? (
          <p class="data-good">
            <Badge level="good">Nothing to say</Badge>
            <span class="soft">Statistics show no index that is missing, there twice or idle.</span>
          </p>
        ) : (
          <AdviceList advice={advice} isAboutTables />
        )}
      </section>
      <SlowStatements part={part} />
    </>
  );
}
