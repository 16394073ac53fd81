import type { JSX } from "preact";
import type { PartSnapshot, ReplicaSnapshot } from "../../../control-api/index.ts";
import { durationText, formatted } from "../../model/format.ts";
import { hrefOf } from "../state/address.ts";
import { nowMs } from "../state/clock.ts";
import { partFigures } from "../state/live.ts";
import { StateMark } from "../ui/badge.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { ReplicaActions } from "./actions.tsx";

/** Each process of a part, and how it is. */
export function Replicas({ part }: { readonly part: PartSnapshot }): JSX.Element | null {
  if (part.external || part.replicas.length === 0) return null;
  const columns: Column<ReplicaSnapshot>[] = [
    {
      id: "id",
      title: "Replica",
      cell: ({ id }) => (
        <a href={hrefOf("logs", { part: part.name, replica: id })} title={`What ${id} wrote`}>
          {id}
        </a>
      ),
    },
    { id: "state", title: "State", cell: ({ state }) => <StateMark state={state} /> },
    { id: "since", title: "For", align: "right", cell: ({ sinceMs }) => <Since sinceMs={sinceMs} /> },
    {
      id: "cpu",
      title: "CPU",
      align: "right",
      cell: ({ id }) => <Live part={part.name} replica={id} of="cpu" />,
    },
    {
      id: "memory",
      title: "Memory",
      align: "right",
      cell: ({ id }) => <Live part={part.name} replica={id} of="memoryBytes" />,
    },
    {
      id: "restarts",
      title: "Restarts",
      align: "right",
      cell: ({ restarts }) => (restarts > 0 ? <strong class="state-warn">{restarts}</strong> : "0"),
    },
    { id: "port", title: "Port", align: "right", cell: ({ port }) => port ?? "–" },
    { id: "pid", title: "Process", align: "right", cell: ({ pid }) => pid ?? "–" },
    {
      id: "do",
      title: "Actions",
      align: "right",
      cell: ({ id }) => <ReplicaActions part={part.name} replica={id} />,
    },
  ];
  return (
    <section class="card">
      <div class="card-head">
        <h2>Replicas</h2>
        <span class="faint" title={part.scaling?.reason}>
          {part.replicas.length}
          {part.scaling && ` (${part.scaling.min}–${part.scaling.max}, by load)`}
        </span>
      </div>
      <Table caption="Replicas" columns={columns} rows={part.replicas} keyOf={({ id }) => id} />
    </section>
  );
}

function Since({ sinceMs }: { readonly sinceMs: number }): JSX.Element {
  return <>{durationText(Math.max(0, nowMs.value - sinceMs))}</>;
}

function Live({
  part,
  replica,
  of,
}: {
  readonly part: string;
  readonly replica: string;
  readonly of: "cpu" | "memoryBytes";
}): JSX.Element {
  const figures = partFigures(part).value?.replicas.find(({ id }) => id === replica);
  return <>{formatted(figures?.[of], of === "cpu" ? "cores" : "bytes")}</>;
}
