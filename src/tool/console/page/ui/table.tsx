import type { ComponentChildren, JSX } from "preact";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Figures stand at the right. */
  readonly align?: "right";
  readonly cell: (row: Row) => ComponentChildren;
  /** Given to order rows by this column: it can be clicked then. */
  readonly onSort?: () => void;
  readonly sorted?: "ascending" | "descending";
}

/** A table that scrolls within itself where the page is too narrow for it. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  isSelected,
}: {
  /** Read out, and not shown. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  readonly isSelected?: (row: Row) => boolean;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
    <section class="table-frame" tabIndex={0} aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                class={column.align}
                {...(column.sorted ? { "aria-sort": column.sorted } : {})}
              >
                {column.onSort ? (
                  <button type="button" class="table-sort" onClick={column.onSort}>
                    {column.title}
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              {...(isSelected?.(row) ? { class: "selected", "aria-current": "true" } : {})}
            >
              {columns.map((column) => (
                <td key={column.id} class={column.align}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
