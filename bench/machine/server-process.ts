import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server that somebody else wrote, in a process of its own. */
export interface ServerProcess {
  /** Name and version: `nginx 1.22.1`. */
  readonly version: string;
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** How a server is started. */
export interface ServerOptions {
  readonly version: string;
  /** Where it will listen. */
  readonly port: number;
  /** Its configuration, given the folder that is its own. */
  readonly configuration: (folder: string) => string;
  /** What is run, given the folder and the file of the configuration in it. */
  readonly command: (folder: string, file: string) => readonly [string, ...string[]];
  readonly environment?: NodeJS.ProcessEnv;
  /** Ends it in order. */
  readonly signal: NodeJS.Signals;
}

/** Starts a server, and resolves once it listens. Throws when it does not, with nothing left behind. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { version, port, signal } = options;
  const folder = mkdtempSync(join(tmpdir(), "trestle-bench-"));
  const file = join(folder, "configuration");
  writeFileSync(file, options.configuration(folder));
  const [command, ...args] = options.command(folder, file);
  const server = spawn(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...withSystemPrograms(), ...options.environment },
  });
  const ended = once(server, "exit");
  const close = async () => {
    server.kill(signal);
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await isOpen(port)); attempt++) {
    if (attempt > 200 || server.exitCode !== null || server.pid === undefined) {
      await close();
      throw new Error(`${version} did not begin to listen`);
    }
    await sleep(50);
  }
  return { version, url: `http://127.0.0.1:${port}`, pid: server.pid ?? 0, close };
}

/** What of a program's words about itself is its version. Throws, with the mend, when it is not installed. */
export function versionOf(command: string, args: readonly string[], pattern: RegExp, debian: string): string {
  const said = spawnSync(command, args, { encoding: "utf8", env: withSystemPrograms() });
  const version = pattern.exec(`${said.stdout ?? ""}${said.stderr ?? ""}`)?.[1];
  if (version === undefined) throw new Error(`${command} is not installed; \`apt-get install ${debian}\``);
  return `${command} ${version}`;
}

/** Debian installs servers where only root's path leads. */
function withSystemPrograms(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
