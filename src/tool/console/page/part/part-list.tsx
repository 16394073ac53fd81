import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PartFigures, PartSnapshot } from "../../../control-api/index.ts";
import { formatted } from "../../model/format.ts";
import { partLook, partWords } from "../../model/state.ts";
import { partFigures } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { PartLink } from "../ui/part-link.tsx";
import { type Column, Table } from "../ui/table.tsx";

type Order = "rate" | "errors" | "p99" | "cpu" | "memory";

const FIGURES: Readonly<Record<Order, (figures: PartFigures | undefined) => number | undefined>> = {
  rate: (figures) => figures?.requests?.perSecond,
  errors: (figures) => figures?.requests?.errorShare,
  p99: (figures) => figures?.requests?.p99Ms,
  cpu: (figures) => figures?.cpu,
  memory: (figures) => figures?.memoryBytes,
};

const TITLES: readonly (readonly [Order, string, Parameters<typeof formatted>[1]])[] = [
  ["rate", "Requests", "per-second"],
  ["errors", "Errors", "share"],
  ["p99", "p99", "ms"],
  ["cpu", "CPU", "cores"],
  ["memory", "Memory", "bytes"],
];

/** All parts in one table, with their figures of now. */
export function PartList({ parts }: { readonly parts: readonly PartSnapshot[] }): JSX.Element {
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const rows = order === undefined ? parts : sorted(parts, order);
  const columns: Column<PartSnapshot>[] = [
    { id: "name", title: "Part", cell: ({ name, kind }) => <PartLink part={name} kind={kind} /> },
    { id: "kind", title: "Kind", cell: ({ kind }) => <span class="soft">{kind}</span> },
    { id: "state", title: "State", cell: (part) => <Badge level={partLook(part)}>{partWords(part)}</Badge> },
    ...TITLES.map(
      ([id, title, format]): Column<PartSnapshot> => ({
        id,
        title,
        align: "right",
        cell: ({ name }) => <Figure part={name} of={id} format={format} />,
        onSort: () => setOrder(order === id ? undefined : id),
        ...(order === id ? { sorted: "descending" as const } : {}),
      }),
    ),
  ];
  return (
    <div class="page">
      <h1>Parts</h1>
      <section class="card">
        <Table caption="Parts" columns={columns} rows={rows} keyOf={({ name }) => name} />
      </section>
    </div>
  );
}

/** Reads one part's figures alone, so that a second's news renders what has changed and nothing else. */
function Figure({
  part,
  of,
  format,
}: {
  readonly part: string;
  readonly of: Order;
  readonly format: Parameters<typeof formatted>[1];
}): JSX.Element {
  return <>{formatted(FIGURES[of](partFigures(part).value), format)}</>;
}

function sorted(parts: readonly PartSnapshot[], order: Order): PartSnapshot[] {
  const value = ({ name }: PartSnapshot) => FIGURES[order](partFigures(name).value) ?? -1;
  return [...parts].sort((one, other) => value(other) - value(one));
}
