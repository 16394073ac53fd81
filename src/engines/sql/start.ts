import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { messageOf } from "../../blocks/errors/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import type { RunningEngine } from "../process.ts";
import { processesIn } from "./cluster/processes.ts";
import { SqlError } from "./errors.ts";
import { type PrepareSqlOptions, prepareSql, type SqlServer } from "./prepare.ts";

/** One server alone. */
export interface StartSqlOptions extends Omit<PrepareSqlOptions, "port"> {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** Takes what the server writes, line by line; by default it goes to our own standard error. */
  readonly onLog?: (line: string) => void;
  /** Told what it waits for. */
  readonly onMissing?: (what: string) => void;
}

/** A server that runs. */
export interface RunningSql extends RunningEngine, AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** `postgres://ROLE:PASSWORD@127.0.0.1:PORT/DATABASE`. */
  readonly url: string;
  readonly socketFolder: string;
  /** How it ended, in words, whoever ended it. Never rejects. */
  readonly ended: Promise<string>;
}

// A fast shutdown writes a checkpoint; an immediate one leaves that to the next start.
const FAST_SHUTDOWN_MS = 15_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;
const LEFTOVER_POLL_MS = 20;

/**
 * Starts a server and waits until it is ready. It is not started anew when it dies: `ended` tells. What a killed process
 * of ours left running in the folder is ended first. Throws `SqlError`.
 */
export async function startSql(options: StartSqlOptions): Promise<RunningSql> {
  const { clock, signal, onLog, onMissing } = options;
  await endLeftover(join(options.folder, "data"), clock);
  const port = options.port || (await freePort());
  const server = await prepareSql({ ...options, port });
  signal?.throwIfAborted();
  const { process: child, ended } = launch(server, onLog);
  const close = closerOf(child, ended, clock);
  const giveUp = new AbortController();
  void ended.then((how) =>
    giveUp.abort(new SqlError("SERVER_ENDED", `PostgreSQL ${how} before it was ready`)),
  );
  try {
    await server.ready({
      signal: signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal,
      ...(onMissing ? { onMissing } : {}),
    });
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const { url, socketFolder } = server;
  return { port, pid: child.pid ?? 0, url, socketFolder, ended, close, [Symbol.asyncDispose]: close };
}

function launch(server: SqlServer, onLog: ((line: string) => void) | undefined) {
  const { command, args, folder, environment, user } = server.launch;
  const child = spawn(command, args, {
    cwd: folder,
    env: environment,
    // A session of its own: a terminal's Ctrl-C reaches us, and we end it in order.
    detached: true,
    stdio: ["ignore", "ignore", onLog ? "pipe" : "inherit"],
    ...user,
  });
  if (onLog && child.stderr) createInterface({ input: child.stderr }).on("line", onLog);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (thrown) => {
      if (child.pid === undefined) resolve(`cannot be started: ${messageOf(thrown)}`);
    });
    child.once("exit", (code, signal) => {
      resolve(signal ? `was killed by ${signal}` : `exited with code ${code}`);
    });
  });
  return { process: child, ended };
}

/** Each signal asks for less patience than the one before: fast, immediate, at once. */
function closerOf(child: ChildProcess, ended: Promise<string>, clock: Clock): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    child.kill("SIGINT");
    const immediate = clock.setTimer(FAST_SHUTDOWN_MS, () => child.kill("SIGQUIT"));
    const atOnce = clock.setTimer(FAST_SHUTDOWN_MS + IMMEDIATE_SHUTDOWN_MS, () => child.kill("SIGKILL"));
    await ended;
    immediate.cancel();
    atOnce.cancel();
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

/** A server whose parent is gone was left by one of us that was killed. One that has a parent is somebody's. */
async function endLeftover(data: string, clock: Clock): Promise<void> {
  const orphaned = () => processesIn(data).filter((one) => one.isPostmaster && one.parent === 1);
  if (process.pid === 1) return;
  for (const { pid } of orphaned()) process.kill(pid, "SIGINT");
  const deadlineMs = clock.monotonicMs() + FAST_SHUTDOWN_MS;
  while (orphaned().length > 0 && clock.monotonicMs() < deadlineMs) await clock.sleep(LEFTOVER_POLL_MS);
  for (const { pid } of orphaned()) process.kill(pid, "SIGKILL");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
