import type { ActionAnswer, ActionInfo, DataViewInfo, RunInfo } from "../../../control-api/index.ts";
import type { PartModel } from "../../../design/model.ts";
import type { MadeUpSystem } from "./system.ts";

/** What can be done to a part. */
export function actionsOf(system: MadeUpSystem, part: PartModel): ActionInfo[] {
  const restart: ActionInfo = {
    id: "restart",
    title: "Restart",
    description: "Stops its replicas and starts them again, one after the other.",
    fields: [],
  };
  if (part.kind === "service") {
    const value = system.replicas.get(part.name) ?? part.replicas;
    return [
      {
        id: "scale",
        title: "Scale",
        description: "Runs so many replicas, until the system is started anew.",
        fields: [{ name: "replicas", title: "Replicas", type: "count", value, min: 0, max: 100 }],
      },
      restart,
      {
        id: "restart-replica",
        title: "Restart replica",
        description: "Stops one replica and starts it again.",
        fields: [{ name: "replica", title: "Replica", type: "replica" }],
      },
      {
        id: "stop-replica",
        title: "Stop replica",
        description: "Stops one replica; it stays stopped until it is restarted.",
        confirm: "Requests that it is answering may be cut off.",
        fields: [{ name: "replica", title: "Replica", type: "replica" }],
      },
    ];
  }
  if (part.kind === "cache") {
    return [
      restart,
      {
        id: "flush",
        title: "Flush",
        description: "Removes all keys.",
        confirm: "Every key is lost, and what used them will ask its stores.",
        fields: [],
      },
    ];
  }
  return [restart];
}

/** Does it, as far as there is anything to be done to. */
export function act(
  system: MadeUpSystem,
  part: string,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): ActionAnswer {
  if (id === "scale") {
    system.replicas.set(part, Number(fields.replicas));
    return { message: `${part} runs ${fields.replicas} replicas now` };
  }
  return { message: `${id} of ${typeof fields.replica === "string" ? fields.replica : part} was done` };
}

/** Which looks into a part there are. */
export function viewsOf(part: PartModel): DataViewInfo[] {
  if (part.kind === "cache") return [{ id: "cache-keys", title: "Keys" }];
  if (part.kind !== "database") return [];
  return [
    { id: "sql-tables", title: "Tables" },
    { id: "sql-query", title: "Query" },
  ];
}

/** The present run and two before it. */
export function runsOf(system: MadeUpSystem, nowMs: number): RunInfo[] {
  const run = { verdicts: [], requests: 1_200_000, errors: 720, p99Ms: 21, bytes: 3_400_000 };
  return [
    { ...run, id: "2026-03-01T10-00-00", startedMs: system.startedMs, current: true, lastMs: nowMs },
    {
      ...run,
      id: "2026-02-28T16-20-00",
      startedMs: system.startedMs - 7_200_000,
      endedMs: system.startedMs - 5_400_000,
      current: false,
      lastMs: system.startedMs - 5_400_000,
      label: "with the index",
      errors: 0,
      p99Ms: 12,
    },
    {
      ...run,
      id: "2026-02-28T15-00-00",
      startedMs: system.startedMs - 12_000_000,
      endedMs: system.startedMs - 9_000_000,
      current: false,
      lastMs: system.startedMs - 9_000_000,
      verdicts: ["The p99 latency requirement was not met"],
      p99Ms: 260,
    },
  ];
}
