import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { systemClock } from "../../../../blocks/time/index.ts";

/** Longer than any peer needs for what it is asked here. */
const RUN_MS = 30_000;
const START_MS = 10_000;

/** Debian installs servers where only root's path leads. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` };

/** What became of a program that ran to its end. */
export interface Ran {
  /** Its exit code; -1 when it had to be ended. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of others to its end, with something to read where that is given. Rejects when it is not installed. */
export async function ran(name: string, args: readonly string[], input: string | Buffer = ""): Promise<Ran> {
  const child = spawn(name, args, { env: ENVIRONMENT, timeout: RUN_MS, killSignal: "SIGKILL" });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // One that ends early does not read what it is given.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  await settled(child, name);
  return {
    code: child.exitCode ?? -1,
    stdout: Buffer.concat(out).toString("latin1"),
    stderr: Buffer.concat(err).toString("latin1"),
  };
}

/** What a program wrote; rejects with its complaint when it failed. */
export async function output(
  name: string,
  args: readonly string[],
  input?: string | Buffer,
): Promise<string> {
  const { code, stdout, stderr } = await ran(name, args, input);
  if (code !== 0) throw new Error(`${name} failed with ${code}: ${stderr || stdout}`);
  return stdout;
}

/** A server of others that ends with its scope. */
export interface PeerServer extends AsyncDisposable {
  readonly pid: number;
}

/** Starts a server; resolves once it takes connections at each of its ports. Rejects, with what it said, when it does not. */
export async function startServer(
  name: string,
  args: readonly string[],
  ports: readonly number[],
): Promise<PeerServer> {
  const child = spawn(name, args, { env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("latin1")).slice(-4_096);
    });
  let ended = false;
  const end = settled(child, name).finally(() => {
    ended = true;
  });
  // Awaited below, or when it is closed; meanwhile a failure is not to end this process.
  end.catch(() => {});
  const close = async () => {
    child.kill("SIGKILL");
    await end;
  };
  const deadlineMs = systemClock.monotonicMs() + START_MS;
  for (const port of ports) {
    while (!(await isOpen(port))) {
      if (ended) await end;
      if (ended || systemClock.monotonicMs() > deadlineMs) {
        await close();
        throw new Error(`${name} did not begin to listen on ${port}: ${said}`);
      }
      await systemClock.sleep(20);
    }
  }
  return { pid: child.pid ?? 0, [Symbol.asyncDispose]: close };
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const closed = once(server, "close");
  server.close();
  await closed;
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** Resolves when a program has ended and all that it wrote was read; rejects when there is none of that name. */
async function settled(child: ChildProcess, name: string): Promise<void> {
  try {
    await once(child, "close");
  } catch (cause) {
    throw new Error(`${name} cannot be run: .ci/run lists what these tests need`, { cause });
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
