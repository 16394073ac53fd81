import type { JSX } from "preact";
import type { PartFigures } from "../../../control-api/index.ts";
import { formatted } from "../../model/format.ts";
import { linkKey, type MapLink, type MapPart } from "../../model/map-graph.ts";
import { linkSign, ownText, partProblems, signLook } from "../../model/map-signs.ts";
import { partWords } from "../../model/state.ts";
import { hrefOf } from "../state/address.ts";
import { partFigures } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { PartLink } from "../ui/part-link.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { nameOf } from "./link-drawing.tsx";
import { faults, figuresOf, graph, slowMs, snapshotOf } from "./map-state.ts";

/** The map as two lists: all that the drawing shows, for those who read it line by line. */
export function MapTable({ onSelect }: { readonly onSelect: (link: MapLink) => void }): JSX.Element {
  const parts = (graph.value?.parts ?? []).filter((part) => part.kind !== "clients");
  return (
    <div class="map-tables">
      <section class="card">
        <div class="card-head">
          <h2>Parts</h2>
        </div>
        <Table caption="Parts" columns={PART_COLUMNS} rows={parts} keyOf={(part) => part.name} />
      </section>
      <section class="card">
        <div class="card-head">
          <h2>Links</h2>
        </div>
        <Table
          caption="Links"
          columns={linkColumns(onSelect)}
          rows={graph.value?.links ?? []}
          keyOf={(link) => linkKey(link.from, link.to)}
        />
      </section>
    </div>
  );
}

const PART_COLUMNS: readonly Column<MapPart>[] = [
  { id: "part", title: "Part", cell: ({ name, kind }) => <PartLink part={name} kind={kind} /> },
  { id: "kind", title: "Kind", cell: ({ kind, external }) => (external ? `${kind}, outside` : kind) },
  { id: "state", title: "State", cell: (part) => <PartState part={part} /> },
  {
    id: "rate",
    title: "Requests",
    align: "right",
    cell: ofPart((now) => formatted(now?.requests?.perSecond, "per-second")),
  },
  {
    id: "errors",
    title: "Fail",
    align: "right",
    cell: ofPart((now) => formatted(now?.requests?.errorShare, "share")),
  },
  { id: "p99", title: "p99", align: "right", cell: ofPart((now) => formatted(now?.requests?.p99Ms, "ms")) },
  { id: "cpu", title: "CPU", align: "right", cell: ofPart((now) => formatted(now?.cpu, "cores")) },
  {
    id: "memory",
    title: "Memory",
    align: "right",
    cell: ofPart((now) => formatted(now?.memoryBytes, "bytes")),
  },
  {
    id: "own",
    title: "Its own figures",
    cell: ofPart((now) => (now?.own ?? []).map((own) => `${own.label} ${ownText(own)}`).join(", ")),
  },
];

function ofPart(words: (now: PartFigures | undefined) => string) {
  return ({ name }: MapPart) => words(partFigures(name).value);
}

function PartState({ part }: { readonly part: MapPart }): JSX.Element {
  const told = snapshotOf(part.name);
  if (!told) return <Badge level="off">known from telemetry alone</Badge>;
  const now = partFigures(part.name).value;
  const snapshot = { ...told, replicas: now?.replicas ?? told.replicas };
  const problems = partProblems(snapshot, now, faults.value);
  const words = partWords(snapshot);
  return (
    <span class="map-table-state">
      <Badge level={signLook(snapshot, problems)}>{problems[0]?.text ?? words}</Badge>
      {problems[0]?.parts.map((name) => (
        <a key={name} href={hrefOf("part", { part: name })}>
          {name}
        </a>
      ))}
    </span>
  );
}

function linkColumns(onSelect: (link: MapLink) => void): Column<MapLink>[] {
  return [
    {
      id: "link",
      title: "Link",
      cell: (link) => (
        <button type="button" class="map-link-name" onClick={() => onSelect(link)}>
          {nameOf(link.from)} → {link.to}
        </button>
      ),
    },
    { id: "state", title: "State", cell: (link) => <LinkState link={link} /> },
    {
      id: "rate",
      title: "Requests",
      align: "right",
      cell: ofLink((of) => formatted(of?.perSecond, "per-second")),
    },
    { id: "errors", title: "Fail", align: "right", cell: ofLink((of) => formatted(of?.errorShare, "share")) },
    { id: "p50", title: "p50", align: "right", cell: ofLink((of) => formatted(of?.p50Ms, "ms")) },
    { id: "p99", title: "p99", align: "right", cell: ofLink((of) => formatted(of?.p99Ms, "ms")) },
    {
      id: "connections",
      title: "Connections",
      align: "right",
      cell: ({ from, to }) => formatted(figuresOf(from, to)?.connections, "number"),
    },
  ];
}

function ofLink(words: (requests: NonNullable<ReturnType<typeof figuresOf>>["requests"]) => string) {
  return ({ from, to }: MapLink) => words(figuresOf(from, to)?.requests);
}

function LinkState({ link }: { readonly link: MapLink }): JSX.Element {
  const fault = faults.value.find((mark) => mark.part === link.from && mark.to === link.to);
  if (fault) return <Badge level="warn">{fault.text}</Badge>;
  const sign = linkSign(figuresOf(link.from, link.to)?.requests, slowMs.value);
  if (sign.level === "unknown") return <Badge level="off">no figures</Badge>;
  if (sign.level === "idle") return <Badge level="off">idle</Badge>;
  return <Badge level={sign.level}>{sign.why ?? "fine"}</Badge>;
}
