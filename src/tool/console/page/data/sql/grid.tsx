import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { SqlCell, SqlGrid } from "../../../../control-api/index.ts";
import { msText } from "../../../model/format.ts";
import { gridCsv, gridJson, isFigure } from "../../../model/grid-text.ts";
import { laidOutJson } from "../../../model/json-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { CopyButton } from "../copy.tsx";
import { ShownText } from "../shown-text.tsx";
import { ValueText } from "../value-text.tsx";

/** So many are drawn at once; the others when they are asked for. */
const ROWS_SHOWN = 100;
/** A longer value is drawn so far, and whole where it is opened. */
const CHARS_SHOWN = 120;

interface Opened {
  readonly column: string;
  readonly type: string;
  readonly cell: SqlCell;
}

/** Rows of a table or a query, under a head that stays. */
export function Grid({ of, caption }: { readonly of: SqlGrid; readonly caption: string }): JSX.Element {
  const [shown, setShown] = useState(ROWS_SHOWN);
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const rest = of.rows.length - shown;
  return (
    <div class="grid">
      <div class="grid-head">
        <span class="soft" role="status">
          {countText(of)} in {msText(of.tookMs)}
        </span>
        <CopyButton what={`${of.rows.length} rows as CSV`} text={() => gridCsv(of)}>
          CSV
        </CopyButton>
        <CopyButton what={`${of.rows.length} rows as JSON`} text={() => gridJson(of)}>
          JSON
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys. */}
      <section class="grid-frame" tabIndex={0} aria-label={caption}>
        <table class="table grid-table">
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {of.columns.map(({ name, type }, at) => (
                <th key={at} scope="col" class={isFigure(type) ? "right" : undefined}>
                  <ShownText text={name} />
                  <span class="grid-type">{type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.rows.slice(0, shown).map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column} class={isFigure(of.columns[column]?.type ?? "") ? "right" : undefined}>
                    <Cell
                      cell={cell}
                      type={of.columns[column]?.type ?? ""}
                      onOpen={() =>
                        setOpened({
                          column: of.columns[column]?.name ?? "",
                          type: of.columns[column]?.type ?? "",
                          cell,
                        })
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rest > 0 && (
        <div class="data-more">
          <Button onClick={() => setShown(of.rows.length)}>Show the other {rest}</Button>
        </div>
      )}
      {opened && <CellDialog of={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

function countText({ rows, cut }: SqlGrid): string {
  const count = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  if (cut === "rows") return `The first ${count}`;
  return cut === "bytes" ? `The first ${count}, which were all that fit,` : count;
}

function Cell({
  cell,
  type,
  onOpen,
}: {
  readonly cell: SqlCell;
  readonly type: string;
  readonly onOpen: () => void;
}): JSX.Element {
  if (cell === null) return <span class="grid-null">NULL</span>;
  const text = textOf(cell);
  if (text === "") return <span class="grid-null">empty</span>;
  const isLong = text.length > CHARS_SHOWN || typeof cell === "object" || text.includes("\n");
  const line = text.slice(0, CHARS_SHOWN).replaceAll(/\s/g, " ");
  const shown = (
    <span
      class={`grid-cell${type === "bytea" ? " grid-bytes" : ""}${/^jsonb?$/.test(type) ? " grid-json" : ""}`}
    >
      <ShownText text={line} />
    </span>
  );
  if (!isLong) return shown;
  return (
    <button type="button" class="grid-open" onClick={onOpen}>
      <span class="unseen">Open the whole value: </span>
      {shown}
    </button>
  );
}

function CellDialog({ of, onClose }: { readonly of: Opened; readonly onClose: () => void }): JSX.Element {
  const text = textOf(of.cell);
  const length = typeof of.cell === "object" && of.cell !== null ? of.cell.length : text.length;
  return (
    <Dialog title={`${of.column || "?"} · ${of.type}`} onClose={onClose}>
      <div class="data-value-tools">
        <span class="soft">
          {length > text.length
            ? `The first ${text.length.toLocaleString("en")} of ${length.toLocaleString("en")} characters`
            : `${length.toLocaleString("en")} characters`}
        </span>
        <CopyButton what="the value" text={() => text}>
          Copy
        </CopyButton>
      </div>
      <ValueText>
        <ShownText text={laidOutJson(text) ?? text} />
      </ValueText>
    </Dialog>
  );
}

function textOf(cell: SqlCell): string {
  return typeof cell === "object" && cell !== null ? cell.text : (cell ?? "");
}
