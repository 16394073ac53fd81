import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { messageOf } from "../../../blocks/errors/index.ts";
import { PlanError } from "../errors.ts";

/** The files of a git revision in a folder of their own, which is gone once this is disposed of. */
export interface Revision extends Disposable {
  /** As it was asked for. */
  readonly name: string;
  /** The commit that the name means, in full. */
  readonly commit: string;
  /** The folder that stands for the root of the repository. */
  readonly root: string;
  /** Where the file or folder that was asked about lies in it. */
  readonly path: string;
}

/** What git says beyond this is not kept. */
const OUTPUT_BYTES_MAX = 64 * 1024;

/**
 * Lays out what a repository held at a revision, beside links to the `node_modules` of today, so that a design of it loads as it did. Neither the
 * working tree nor the index nor the list of worktrees is touched; no hooks run, and filters that would fetch large files do not.
 *
 * `path` is a file or folder of today, which lies in the repository; it need not exist at the revision. Aborting `signal` ends git and removes
 * what was laid out.
 *
 * @throws PlanError `NO_REPOSITORY` where there is no git or no repository, `UNKNOWN_REVISION`, and `REVISION_NOT_READ` when git cannot write it.
 */
export async function layOutRevision(
  path: string,
  name: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Revision> {
  const { signal } = options;
  const real = realpathSync(path);
  const folder = statSync(real).isDirectory() ? real : dirname(real);
  const root = realpathSync(await repositoryOf(folder, signal));
  const commit = await commitOf(root, name, signal);
  const temporary = mkdtempSync(join(tmpdir(), "trestle-plan-"));
  try {
    const tree = join(temporary, "tree");
    await write(root, commit, temporary, tree, signal);
    linkPackages(root, folder, temporary, tree);
    return {
      name,
      commit,
      root: tree,
      path: join(tree, relative(root, real)),
      [Symbol.dispose]: () => remove(temporary),
    };
  } catch (thrown) {
    remove(temporary);
    throw thrown;
  }
}

async function repositoryOf(folder: string, signal: AbortSignal | undefined): Promise<string> {
  const { code, out, err } = await git(folder, ["rev-parse", "--show-toplevel"], { signal });
  if (code === 0 && out.trim() !== "") return out.trim();
  throw new PlanError(
    "NO_REPOSITORY",
    `${folder} is in no git repository, so there is nothing to compare with${said(err)}`,
  );
}

async function commitOf(root: string, name: string, signal: AbortSignal | undefined): Promise<string> {
  const { code, out } = await git(
    root,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
    { signal },
  );
  const commit = out.trim();
  if (code === 0 && /^[0-9a-f]{40,64}$/.test(commit)) return commit;
  throw new PlanError(
    "UNKNOWN_REVISION",
    `git knows no revision ${JSON.stringify(name.slice(0, 100))} of ${root}: name a branch, a tag or a commit, as in --against main`,
  );
}

/** By an index of its own: the one of the working tree stays as it is. */
async function write(
  root: string,
  commit: string,
  temporary: string,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const index = { GIT_INDEX_FILE: join(temporary, "index") };
  const steps = [
    ["read-tree", commit],
    ["checkout-index", "--all", "--force", "--quiet", `--prefix=${tree}${sep}`],
  ];
  for (const step of steps) {
    const { code, err } = await git(root, [...QUIETLY, ...step], { signal, environment: index });
    if (code !== 0)
      throw new PlanError("REVISION_NOT_READ", `git could not write the files of ${commit}${said(err)}`);
  }
}

const QUIETLY = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "filter.lfs.smudge=",
  "-c",
  "filter.lfs.process=",
  "-c",
  "filter.lfs.required=false",
];

/** The packages of today stand where the design would look for its own. */
function linkPackages(root: string, folder: string, temporary: string, tree: string): void {
  for (let at = folder; ; at = dirname(at)) {
    const inside = relative(root, at);
    const isInside = !inside.startsWith("..");
    const target = isInside ? join(tree, inside, "node_modules") : join(temporary, "node_modules");
    const found = join(at, "node_modules");
    if (existsSync(found) && existsSync(dirname(target)) && !existsSync(target))
      symlinkSync(found, target, "dir");
    // Above the repository the nearest is enough.
    if ((!isInside && existsSync(found)) || dirname(at) === at) return;
  }
}

function remove(temporary: string): void {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 2 });
}

function said(err: string): string {
  const [first = ""] = err.trim().split("\n");
  return first === "" ? "" : `: ${first.replace(/^fatal: /, "").slice(0, 200)}`;
}

/** Within one of git's hooks these name another index, or another repository. */
function withoutGitsOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = new Set(["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.has(name)));
}

/** Runs git without asking anybody anything. */
function git(
  folder: string,
  args: readonly string[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { signal, environment = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      cwd: folder,
      env: {
        ...withoutGitsOwn(process.env),
        GIT_TERMINAL_PROMPT: "0",
        GIT_OPTIONAL_LOCKS: "0",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    const texts = { out: "", err: "" };
    for (const [name, stream] of [["out", child.stdout] as const, ["err", child.stderr] as const])
      stream.setEncoding("utf8").on("data", (text: string) => {
        if (texts[name].length < OUTPUT_BYTES_MAX) texts[name] += text;
      });
    child.once("error", (cause) => {
      if (signal?.aborted) return reject(signal.reason);
      reject(
        new PlanError("NO_REPOSITORY", `git could not be started: ${messageOf(cause)}. --against needs it.`, {
          cause,
        }),
      );
    });
    child.once("close", (code) => resolve({ code: code ?? 1, ...texts }));
  });
}
