import { chownSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerUser } from "./server-user.ts";

/** The file, in the data folder, where the operator's own settings go. */
const LOCAL_SETTINGS = "local.conf";

/**
 * `postgresql.conf`: durable, and small enough for a machine that runs a whole system. Measured at rest: 42 MB for the
 * server and 10 to 15 MB per open connection, most of which are the same pages counted again.
 */
function settings(port: number, name: string, hasLocal: boolean): string {
  return `# Written by Trestle at every start. Your own settings belong in ${LOCAL_SETTINGS} beside this file, and win.

# What the server's processes are called in a list of processes.
cluster_name = '${name.replaceAll(/[^\w.-]/g, "_")}'

# Loopback, and a Unix socket in this folder, which only the server's own user may enter.
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = '.'
unix_socket_permissions = 0700
max_connections = 100
password_encryption = 'scram-sha-256'

# What was acknowledged is on disk. These are PostgreSQL's defaults, stated because everything rests on them.
fsync = on
full_page_writes = on
synchronous_commit = on

# Memory and processes for one machine that runs everything. Nothing replicates from here.
shared_buffers = 24MB
huge_pages = off
work_mem = 4MB
maintenance_work_mem = 32MB
effective_cache_size = 512MB
io_method = sync
jit = off
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
autovacuum = on
autovacuum_worker_slots = 3
autovacuum_max_workers = 3
min_wal_size = 32MB
max_wal_size = 512MB
random_page_cost = 1.1

# Standard error goes to whoever started the server, who knows the time and the part.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%q%u@%d '
log_min_messages = warning
log_checkpoints = off
log_timezone = 'UTC'
timezone = 'UTC'
lc_messages = 'C'
datestyle = 'iso, mdy'
default_text_search_config = 'pg_catalog.english'

${hasLocal ? `include '${LOCAL_SETTINGS}'` : `# (There is no ${LOCAL_SETTINGS}.)`}
`;
}

/** `pg_hba.conf`: a password for everyone, superuser and Unix socket included. */
const ACCESS = `# Written by Trestle at every start.
# type  database  user  address       method
local   all       all                 scram-sha-256
host    all       all   127.0.0.1/32  scram-sha-256
`;

/** Writes both files into the data folder. `name` is for people. */
export function writeSettings(
  dataFolder: string,
  options: { port: number; name: string; user: ServerUser | undefined },
): void {
  const { port, name, user } = options;
  const hasLocal = existsSync(join(dataFolder, LOCAL_SETTINGS));
  place(join(dataFolder, "postgresql.conf"), settings(port, name, hasLocal), user);
  place(join(dataFolder, "pg_hba.conf"), ACCESS, user);
}

function place(path: string, text: string, user: ServerUser | undefined): void {
  const draft = `${path}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  if (user) chownSync(draft, user.uid, user.gid);
  renameSync(draft, path);
}
