import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../blocks/errors/index.ts";
import { SqlError } from "../errors.ts";
import { endAll, endOrphans, processesIn } from "./processes.ts";
import type { Programs } from "./programs.ts";
import { canReach, giveTo, type ServerUser } from "./server-user.ts";
import { syncFolder } from "./state.ts";

/** The superuser's name, which no role of a system may bear. */
export const SUPERUSER = "postgres";

/** What every program of PostgreSQL gets: settings come from files, never from whatever stands in our environment. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

/**
 * The name by which a program started in `folder` may call that folder.
 *
 * A server that was lent another user may not be able to enter the folders above its data, such as root's home. But it is
 * started in its data folder, and on Linux `/proc/self/cwd` leads there whatever is above. Throws `FOLDER_UNUSABLE` where
 * there is no such way.
 */
export function nameFromInside(folder: string, user: ServerUser | undefined): string {
  if (user === undefined || canReach(folder, user)) return folder;
  if (process.platform === "linux") return "/proc/self/cwd";
  throw new SqlError(
    "FOLDER_UNUSABLE",
    `PostgreSQL refuses to run as root, and the user it runs as (${user.uid}) may not enter ${folder}: let others enter the folders above it, or run Trestle as another user`,
  );
}

/**
 * Sees to the data folder: creates it on first use, and on a later one checks that these programs can use it and that
 * nobody else does. Data appear whole or not at all: they are made in `draft/` and moved when they are on disk.
 *
 * Throws `INITDB_FAILED`, `DATA_OTHER_VERSION`, `ALREADY_RUNNING`, `FOLDER_UNUSABLE`.
 */
export async function prepareData(options: {
  folder: string;
  programs: Programs;
  user: ServerUser | undefined;
  superuserPassword: string;
  onProgress?: (what: string) => void;
}): Promise<{ data: string; isNew: boolean }> {
  const { folder, programs, user } = options;
  const data = join(folder, "data");
  throwAwayDraft(folder);
  if (!existsSync(data)) {
    options.onProgress?.("the database's files to be created");
    await create(options, data);
    return { data, isNew: true };
  }
  checkVersion(data, programs);
  checkAlone(data);
  checkOwner(data, user);
  return { data, isNew: false };
}

async function create(
  options: { folder: string; programs: Programs; user: ServerUser | undefined; superuserPassword: string },
  data: string,
): Promise<void> {
  const { folder, programs, user, superuserPassword } = options;
  const draft = join(folder, "draft");
  const files = join(draft, "data");
  const password = join(draft, "password");
  mkdirSync(files, { recursive: true, mode: 0o700 });
  writeFileSync(password, `${superuserPassword}\n`, { mode: 0o600 });
  if (user) for (const path of [draft, files, password]) chownSync(path, user.uid, user.gid);
  const inside = nameFromInside(files, user);
  // initdb syncs its files one by one: a sync of the whole disk would wait for an installation's node_modules as well.
  const args = [
    ["-D", inside, "--username", SUPERUSER, "--pwfile", "../password", "--auth", "scram-sha-256"],
    ["--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
    ["--data-checksums", "--no-instructions"],
  ].flat();
  await run(programs.initdb, args, files, user);
  rmSync(password);
  try {
    renameSync(files, data);
  } catch (thrown) {
    throw new SqlError("INITDB_FAILED", `${data} cannot be put in place: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  syncFolder(folder);
  rmSync(draft, { recursive: true, force: true });
}

/** A killed supervisor leaves its initdb at work, and one that was killed itself leaves its files. */
function throwAwayDraft(folder: string): void {
  const draft = join(folder, "draft");
  if (!existsSync(draft)) return;
  endAll(join(draft, "data"));
  rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
}

function run(
  program: string,
  args: readonly string[],
  folder: string,
  user: ServerUser | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
      ...user,
    });
    let said = "";
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
    const fail = (what: string, cause?: unknown) =>
      reject(
        new SqlError("INITDB_FAILED", `the database's files cannot be created: ${program} ${what}`, {
          cause,
        }),
      );
    child.once("error", (thrown) => fail(`cannot be run: ${messageOf(thrown)}`, thrown));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else
        fail(
          `${signal ? `was killed by ${signal}` : `exited with code ${code}`}${said && `: ${said.trim()}`}`,
        );
    });
  });
}

function checkVersion(data: string, programs: Programs): void {
  let major: number;
  try {
    major = Number.parseInt(readFileSync(join(data, "PG_VERSION"), "utf8"), 10);
  } catch (thrown) {
    throw new SqlError("FOLDER_UNUSABLE", `${data} holds no database of PostgreSQL: move it away`, {
      cause: thrown,
    });
  }
  if (major === programs.major) return;
  const mend =
    major > programs.major
      ? `use a Trestle that brings PostgreSQL ${major}`
      : `dump the database with a Trestle that brings PostgreSQL ${major}, move the folder away, and restore the dump`;
  throw new SqlError(
    "DATA_OTHER_VERSION",
    `${data} was made by PostgreSQL ${major}, and this is PostgreSQL ${programs.major}: ${mend}`,
    { details: { data: major, programs: programs.major } },
  );
}

function checkAlone(data: string): void {
  const postmaster = processesIn(data).find((one) => one.isPostmaster);
  if (postmaster) {
    throw new SqlError(
      "ALREADY_RUNNING",
      `a PostgreSQL server already runs on ${data} (process ${postmaster.pid}): \`kill -INT ${postmaster.pid}\` ends it in order`,
      { details: { pid: postmaster.pid } },
    );
  }
  endOrphans(data);
  // PostgreSQL asks only whether some process has the number in this file, and after a restart of the machine one may.
  // Where processes cannot be looked at, the file stays, and PostgreSQL judges it.
  if (process.platform === "linux") rmSync(join(data, "postmaster.pid"), { force: true });
}

function checkOwner(data: string, user: ServerUser | undefined): void {
  const { uid: owner, mode } = statSync(data);
  const wanted = user?.uid ?? process.getuid?.();
  // A copy of the folder may have lost its mode, and PostgreSQL insists on it.
  if (owner === wanted || (user && owner === 0)) {
    if ((mode & 0o077) !== 0) chmodSync(data, 0o700);
    // One that root made is its to give.
    if (user && owner === 0) giveTo(data, user);
    return;
  }
  throw new SqlError(
    "FOLDER_UNUSABLE",
    `${data} belongs to user ${owner} and PostgreSQL would run as user ${wanted}: give it the folder (\`chown -R ${wanted} ${data}\`), or run Trestle as its owner or as root`,
  );
}
