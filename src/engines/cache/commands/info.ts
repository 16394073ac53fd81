import type { CommandSpec, Context, Session } from "../core/index.ts";

type Section = (context: Context) => readonly (readonly [field: string, value: string | number])[];

/** The sections of INFO that clients and dashboards read; what this cache has no notion of says so with 0 or no. */
const SECTIONS: Readonly<Record<string, Section>> = {
  server,
  clients,
  memory,
  persistence,
  stats,
  replication,
  cpu,
  modules: () => [],
  errorstats: () => [],
  cluster: () => [["cluster_enabled", 0]],
  keyspace,
};

const TITLES: Readonly<Record<string, string>> = { cpu: "CPU" };
const WHOLE: ReadonlySet<string> = new Set(["all", "default", "everything"]);

export const INFO_COMMAND: CommandSpec = {
  name: "info",
  arity: -1,
  flags: ["loading", "stale"],
  group: "server",
  since: "1.0.0",
  summary: "Get information and statistics about the server",
  run: info,
};

function info(context: Context, session: Session, args: readonly string[]) {
  const asked = new Set(args.slice(1).map((name) => name.toLowerCase()));
  const whole = asked.size === 0 || asked.values().some((name) => WHOLE.has(name));
  const texts: string[] = [];
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (!whole && !asked.has(name)) continue;
    const title = TITLES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
    const lines = section(context).map(([field, value]) => `${field}:${value}\r\n`);
    texts.push(`# ${title}\r\n${lines.join("")}`);
  }
  session.reply.verbatim(texts.join("\r\n"));
}

function server({ facts, startedAtMs, nowMs }: Context): ReturnType<Section> {
  const uptimeSeconds = Math.max(0, Math.floor((nowMs() - startedAtMs) / 1000));
  return [
    ["redis_version", facts.version],
    ["redis_mode", "standalone"],
    ["server_name", "trestle"],
    ["arch_bits", 64],
    ["process_id", facts.processId],
    ["run_id", facts.runId],
    ["tcp_port", facts.port],
    ["server_time_usec", nowMs() * 1000],
    ["uptime_in_seconds", uptimeSeconds],
    ["uptime_in_days", Math.floor(uptimeSeconds / 86_400)],
  ];
}

function clients({ sessions, limits }: Context): ReturnType<Section> {
  return [
    ["connected_clients", sessions.size],
    ["cluster_connections", 0],
    ["maxclients", limits.clients],
    ["blocked_clients", 0],
    ["tracking_clients", 0],
  ];
}

function memory({ store, evictor, memoryBytes, facts, stats: counts }: Context): ReturnType<Section> {
  const peak = Math.max(counts.usedBytesPeak, store.usedBytes);
  const resident = facts.residentBytes();
  return [
    ["used_memory", store.usedBytes],
    ["used_memory_human", humanBytes(store.usedBytes)],
    ["used_memory_rss", resident],
    ["used_memory_rss_human", humanBytes(resident)],
    ["used_memory_peak", peak],
    ["used_memory_peak_human", humanBytes(peak)],
    ["used_memory_dataset", store.usedBytes],
    ["maxmemory", memoryBytes],
    ["maxmemory_human", humanBytes(memoryBytes)],
    ["maxmemory_policy", evictor.policy],
    ["mem_fragmentation_ratio", (resident / Math.max(1, store.usedBytes)).toFixed(2)],
    ["mem_allocator", "v8"],
  ];
}

function persistence(): ReturnType<Section> {
  return [
    ["loading", 0],
    ["async_loading", 0],
    ["rdb_changes_since_last_save", 0],
    ["rdb_bgsave_in_progress", 0],
    ["rdb_last_bgsave_status", "ok"],
    ["aof_enabled", 0],
    ["aof_rewrite_in_progress", 0],
    ["aof_last_write_status", "ok"],
  ];
}

function stats({ stats: counts, store, evictor }: Context): ReturnType<Section> {
  return [
    ["total_connections_received", counts.connections],
    ["total_commands_processed", counts.commands],
    ["total_net_input_bytes", counts.inputBytes],
    ["total_net_output_bytes", counts.outputBytes],
    ["rejected_connections", counts.refusedConnections],
    ["expired_keys", store.expiredKeys],
    ["evicted_keys", evictor.evictedKeys],
    ["keyspace_hits", counts.hits],
    ["keyspace_misses", counts.misses],
    ["pubsub_channels", 0],
    ["pubsub_patterns", 0],
    ["total_error_replies", counts.errors],
  ];
}

function replication(): ReturnType<Section> {
  return [
    ["role", "master"],
    ["connected_slaves", 0],
    ["master_failover_state", "no-failover"],
    ["master_repl_offset", 0],
  ];
}

function cpu({ facts }: Context): ReturnType<Section> {
  const { user, system } = facts.cpuMicros();
  return [
    ["used_cpu_sys", (system / 1e6).toFixed(6)],
    ["used_cpu_user", (user / 1e6).toFixed(6)],
  ];
}

function keyspace({ store }: Context): ReturnType<Section> {
  if (store.size === 0) return [];
  return [["db0", `keys=${store.size},expires=${store.deadlines.size},avg_ttl=0`]];
}

function humanBytes(bytes: number): string {
  const units = ["B", "K", "M", "G", "T"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value}B` : `${value.toFixed(2)}${units[unit]}`;
}
