import { chownSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SqlError } from "../errors.ts";

/** As whom the server runs. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that PostgreSQL runs as, or `undefined` for the one we are. Root has to lend it another: whoever owns the data
 * already, else `postgres`, else `nobody`. `passwd` is the list of users. Throws `NO_SERVER_USER`.
 */
export function chooseServerUser(
  dataFolder: string,
  options: { ourUid?: number | undefined; passwd?: string } = {},
): ServerUser | undefined {
  const { ourUid = process.getuid?.(), passwd = "/etc/passwd" } = options;
  if (ourUid !== 0) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readUsers(passwd);
  const user = users.get("postgres") ?? users.get("nobody");
  if (user && user.uid !== 0) return user;
  throw new SqlError(
    "NO_SERVER_USER",
    `PostgreSQL refuses to run as root, and ${passwd} has neither a user \`postgres\` nor \`nobody\`: add one with \`useradd --system postgres\`, or run Trestle as another user`,
  );
}

/** Whether `user` may enter every folder above `path`, going by owner, group and mode. */
export function canReach(path: string, user: ServerUser): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    // Who is the owner has the owner's rights alone, even where others have more.
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Gives a folder and all that is in it to `user`. Links are given, never followed. */
export function giveTo(path: string, user: ServerUser): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  if (found.uid !== user.uid) chownSync(path, user.uid, user.gid);
  if (found.isDirectory()) for (const name of readdirSync(path)) giveTo(join(path, name), user);
}

function readUsers(passwd: string): Map<string, ServerUser> {
  let text = "";
  try {
    text = readFileSync(passwd, "utf8");
  } catch {
    // A machine without the file has no such users.
  }
  const users = new Map<string, ServerUser>();
  for (const line of text.split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name && uid && gid && /^\d+$/.test(uid) && /^\d+$/.test(gid))
      users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users;
}
