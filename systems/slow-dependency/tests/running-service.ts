import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One of this system's services in a process of its own, with what Trestle would give it. */
export async function runService(
  file: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", file)], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  for (let tries = 0; !(await isWell(url)); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`${file} does not serve`);
    await sleep(50);
  }
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { url, [Symbol.asyncDispose]: stop };
}

async function isWell(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/healthz`);
    return ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("no port was given");
  return address.port;
}
