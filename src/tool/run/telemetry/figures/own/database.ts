import type { OwnFigure } from "../../../../control-api/index.ts";
import type { DatabaseModel } from "../../../../design/model.ts";
import { MINUTE_MS, POLLED_WINDOW_MS, reported, type Stretch } from "../windows.ts";
import type { OwnSources } from "./own-sources.ts";

/** From which share of its connections on a database is near its end, and from which it turns users away any moment. */
const CONNECTIONS_WARN = 0.8;
const CONNECTIONS_BAD = 0.95;

/** Of a database: its connections of those that it allows, transactions, blocks found in memory, its size, and what went wrong between sessions. */
export function databaseFigures({ model, reader, nowMs }: OwnSources<DatabaseModel>): OwnFigure[] {
  const part = model.name;
  const increase = (name: string | readonly string[], { fromMs, toMs }: Stretch) =>
    reader.increase({ name, part }, fromMs, toMs);
  const commits = { name: "postgresql.commits", part };
  const polled = reported(reader, commits, nowMs, POLLED_WINDOW_MS);
  const minute = reported(reader, commits, nowMs, MINUTE_MS);

  const figures: OwnFigure[] = [];
  const connections = reader.last({ name: "postgresql.backends", part });
  const max = reader.last({ name: "postgresql.connection.max", part });
  if (connections !== undefined) {
    figures.push(connectionsFigure(connections, max));
    const transactions = increase(["postgresql.commits", "postgresql.rollbacks"], polled);
    figures.push({
      label: "transactions",
      value: (transactions * 1_000) / POLLED_WINDOW_MS,
      unit: "per-second",
    });
  }
  const hit = increase("postgresql.blks_hit", minute);
  const read = increase("postgresql.blks_read", minute);
  if (hit + read > 0) figures.push({ label: "blocks in memory", value: hit / (hit + read), unit: "share" });
  const size = reader.last({ name: "postgresql.db_size", part });
  if (size !== undefined) figures.push({ label: "size", value: size, unit: "bytes" });
  const waiting = reader.last({ name: "postgresql.backends.waiting", part }) ?? 0;
  if (waiting > 0) {
    const why = `${counted(waiting, "session")} ${waiting === 1 ? "waits" : "wait"} for a lock that another holds`;
    figures.push({ label: "lock waits", value: waiting, unit: "count", level: "warn", why });
  }
  const deadlocks = increase("postgresql.deadlocks", minute);
  if (deadlocks > 0) {
    const why = `${counted(deadlocks, "deadlock")} in the last minute: each failed a transaction`;
    figures.push({ label: "deadlocks", value: deadlocks, unit: "count", level: "warn", why });
  }
  return figures;
}

function connectionsFigure(connections: number, max: number | undefined): OwnFigure {
  const figure = { label: "connections", value: connections, unit: "count" } as const;
  const share = max === undefined || max <= 0 ? 0 : connections / max;
  if (share < CONNECTIONS_WARN) return figure;
  const why = `${connections} of ${max} connections are taken`;
  return { ...figure, level: share < CONNECTIONS_BAD ? "warn" : "bad", why };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
