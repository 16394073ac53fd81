import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../blocks/errors/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import { endOrphans } from "./cluster/processes.ts";
import { identifier, literal } from "./connection.ts";
import { SqlError, SqlQueryError } from "./errors.ts";
import { scramVerifier } from "./wire/scram.ts";
import { Session, type SessionOptions } from "./wire/session.ts";

const SALT_BYTES = 16;

/** SQL states (PostgreSQL's appendix A) that say how a login went. */
const CANNOT_CONNECT_NOW = "57P03";
const TOO_MANY_CONNECTIONS = "53300";
const NO_SUCH_DATABASE = "3D000";
const WRONG_PASSWORD = "28P01";
/** A role without the privilege to connect, or none. */
const NOT_ALLOWED = new Set([NO_SUCH_DATABASE, WRONG_PASSWORD, "28000", "42501"]);

/**
 * Waits until the server takes its owner's login, making role and database when that is what is missing. A login is the
 * one proof that counts, and it is mutual: with SCRAM, only the server that holds our data can answer it.
 */
export async function untilReady(options: {
  data: string;
  /** The data were made just now: nobody can log in before the role is made. */
  isNew: boolean;
  owner: SessionOptions;
  superuser: SessionOptions;
  clock: Clock;
  signal: AbortSignal;
  onMissing: (what: string) => void;
}): Promise<void> {
  const { data, owner, superuser, clock, signal } = options;
  let isNew = options.isNew;
  let told = "";
  const missing = (what: string) => {
    if (what !== told) options.onMissing(what);
    told = what;
  };
  endOrphans(data);
  // Dense at first, since a server is up in a fraction of a second; then sparing, since recovery may take minutes.
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.2, 250)) {
    const toStart = startUpOf(data, owner.port);
    if (toStart !== undefined) missing(toStart);
    else {
      try {
        if (isNew) {
          await provision(owner, superuser, signal);
          isNew = false;
        }
        return await logIn(owner, superuser, signal, missing);
      } catch (thrown) {
        signal.throwIfAborted();
        const what = waitsFor(thrown, owner.port);
        if (what === undefined) throw thrown;
        missing(what);
      }
    }
    await clock.sleep(pauseMs, { signal });
  }
}

/**
 * What the server itself says it still has to do, in the eighth line of `postmaster.pid`, or `undefined` when it is ready.
 * Asked before any login, since each one that comes too early is an error in the server's log.
 */
function startUpOf(data: string, port: number): string | undefined {
  let status = "";
  try {
    status = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[7]?.trim() ?? "";
  } catch {
    // Not written yet.
  }
  if (status === "ready") return undefined;
  if (status === "starting") return "PostgreSQL to start up (after a crash it replays its log)";
  return `port ${port} to open`;
}

async function logIn(
  owner: SessionOptions,
  superuser: SessionOptions,
  signal: AbortSignal,
  missing: (what: string) => void,
): Promise<void> {
  try {
    await (await Session.open({ ...owner, signal })).close();
  } catch (thrown) {
    if (!(thrown instanceof SqlQueryError) || !NOT_ALLOWED.has(thrown.complaint.sqlState)) throw thrown;
    missing(`role ${owner.user} and database ${owner.database} to be made`);
    await provision(owner, superuser, signal);
    await (await Session.open({ ...owner, signal })).close();
  }
}

/** Makes, or brings to what they should be, the role and its database. May be killed anywhere and run again. */
async function provision(
  owner: SessionOptions,
  superuser: SessionOptions,
  signal: AbortSignal,
): Promise<void> {
  const role = identifier(owner.user);
  const database = identifier(owner.database);
  const session = await openAsSuperuser({ ...superuser, signal });
  try {
    const has = async (from: string) => (await session.query(`SELECT 1 AS one FROM ${from}`)).length > 0;
    if (!(await has(`pg_roles WHERE rolname = ${literal(owner.user)}`)))
      await session.query(`CREATE ROLE ${role}`);
    const verifier = scramVerifier(owner.password, randomBytes(SALT_BYTES));
    await session.query(
      `ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(verifier)}`,
    );
    // On purpose (SET ROLE), never by itself: a checkpoint is all that it gives.
    await session.query(`GRANT pg_checkpoint TO ${role} WITH INHERIT FALSE, SET TRUE`);
    if (await has(`pg_database WHERE datname = ${literal(owner.database)}`))
      await session.query(`ALTER DATABASE ${database} OWNER TO ${role}`);
    else await session.query(`CREATE DATABASE ${database} OWNER ${role}`);
    await session.query(
      `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; GRANT ALL ON DATABASE ${database} TO ${role}`,
    );
  } finally {
    await session.close();
  }
}

async function openAsSuperuser(superuser: SessionOptions): Promise<Session> {
  try {
    return await Session.open(superuser);
  } catch (thrown) {
    if (!(thrown instanceof SqlQueryError) || thrown.complaint.sqlState !== WRONG_PASSWORD) throw thrown;
    throw new SqlError(
      "NOT_OUR_SERVER",
      `the PostgreSQL server on port ${superuser.port} does not know the password in sql.json: either it is another server, or the superuser's password was changed by hand`,
      { cause: thrown },
    );
  }
}

/** What to wait for after a login that failed, or `undefined` when waiting is no use. */
function waitsFor(thrown: unknown, port: number): string | undefined {
  if (thrown instanceof SqlQueryError) {
    const { sqlState, message } = thrown.complaint;
    if (sqlState === CANNOT_CONNECT_NOW) return `PostgreSQL to accept connections (${message})`;
    if (sqlState === TOO_MANY_CONNECTIONS) return "a free connection of PostgreSQL";
    return undefined;
  }
  return codeOf(thrown) === "CONNECTION_FAILED" ? `port ${port} to open` : undefined;
}
