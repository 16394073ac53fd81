import { mkdirSync, realpathSync } from "node:fs";
import type { Clock } from "../../blocks/time/index.ts";
import { nameFromInside, prepareData, SERVER_ENVIRONMENT, SUPERUSER } from "./cluster/data.ts";
import { findPrograms } from "./cluster/programs.ts";
import { chooseServerUser, type ServerUser } from "./cluster/server-user.ts";
import { writeSettings } from "./cluster/settings.ts";
import { stateFor } from "./cluster/state.ts";
import { SqlError } from "./errors.ts";
import { untilReady } from "./ready.ts";

/** How to start the server: `postgres` itself, with no process of ours around it. */
export interface SqlLaunch {
  readonly command: string;
  readonly args: readonly string[];
  /** The data folder. It has to be the process's working folder. */
  readonly folder: string;
  /** All of it: nothing of the parent's environment is added. */
  readonly environment: NodeJS.ProcessEnv;
  /** As whom to run, when we are root. */
  readonly user?: ServerUser;
  /** Rolls back what is under way and ends in order. */
  readonly stopSignal: NodeJS.Signals;
}

/** A server that can be started. */
export interface SqlServer {
  readonly launch: SqlLaunch;
  /** `postgres://ROLE:PASSWORD@127.0.0.1:PORT/DATABASE`, for services. */
  readonly url: string;
  /** The folder of the Unix socket, for clients of the server's own user and root: `psql -h FOLDER -p PORT`. */
  readonly socketFolder: string;
  /**
   * Once `launch` was spawned: waits until the server accepts queries, then sees to the role and the database. `onMissing`
   * is told, in words, what it waits for, whenever that changes. It waits until `signal` aborts, and rejects with its reason.
   *
   * It also ends the children of a killed postmaster that are still at work. While they lasted, a new one refused to start
   * ("pre-existing shared memory block is still in use"): the next try succeeds.
   */
  ready(options: { signal: AbortSignal; onMissing?: (what: string) => void }): Promise<void>;
}

/** What a server is made from. */
export interface PrepareSqlOptions {
  /** The part's own folder, `.trestle/<system>/<part>`; made when it is missing. */
  readonly folder: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Owns the database, is no superuser, and gets a random password. At most 63 bytes. */
  readonly role: string;
  readonly database: string;
  readonly clock: Clock;
  /** Told in words, as `onMissing` is, what takes a while on first use. */
  readonly onProgress?: (what: string) => void;
  /** Where the programs are and where root keeps a copy of them; for tests. */
  readonly packageFolder?: string;
  readonly systemFolder?: string;
}

/**
 * Makes everything ready for a PostgreSQL server in `folder`: programs, data (`initdb` on first use), settings and
 * passwords. Starts nothing. Safe to call again before every start; a process killed half-way leaves nothing that hinders
 * the next call. Throws `SqlError`.
 */
export async function prepareSql(options: PrepareSqlOptions): Promise<SqlServer> {
  const { port, role, database, clock } = options;
  checkName("role", role);
  checkName("database", database);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  const user = chooseServerUser(`${folder}/data`);
  const programs = await findPrograms({ ...options, folder, user });
  const state = stateFor(folder, role);
  const { superuserPassword } = state;
  const { data, isNew } = await prepareData({ ...options, folder, programs, user, superuserPassword });
  writeSettings(data, { port, name: database, user });
  const rolePassword = state.rolePasswords[role] ?? "";
  const login = { host: "127.0.0.1", port };
  return {
    launch: {
      command: programs.postgres,
      args: ["-D", nameFromInside(data, user)],
      folder: data,
      environment: SERVER_ENVIRONMENT,
      ...(user ? { user } : {}),
      stopSignal: "SIGINT",
    },
    url: `postgres://${encodeURIComponent(role)}:${rolePassword}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    socketFolder: data,
    ready: ({ signal, onMissing = () => {} }) =>
      untilReady({
        data,
        isNew,
        owner: { ...login, user: role, password: rolePassword, database },
        superuser: { ...login, user: SUPERUSER, password: superuserPassword, database: SUPERUSER },
        clock,
        signal,
        onMissing,
      }),
  };
}

const NAME_BYTES_MAX = 63;

function checkName(what: string, name: string): void {
  const bytes = Buffer.byteLength(name);
  let wrong: string | undefined;
  if (bytes < 1 || bytes > NAME_BYTES_MAX)
    wrong = `has ${bytes} bytes, and PostgreSQL allows 1 to ${NAME_BYTES_MAX}`;
  else if (name.includes("\0")) wrong = "holds a NUL character";
  else if (/^(postgres|template0|template1|public|none|pg_.*)$/.test(name)) wrong = "is PostgreSQL's own";
  if (wrong)
    throw new SqlError("BAD_NAME", `the ${what} name ${JSON.stringify(name)} ${wrong}: choose another`);
}
