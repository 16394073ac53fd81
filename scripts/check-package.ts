/**
 * Uses the package as its users will: packs it, installs the tarball in an empty folder with an empty npm cache, writes
 * the demo, brings it up, asks it something, presses Ctrl-C, and looks for what was left behind.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, STAGE } from "./build.ts";

const INSTALL_MS = 300_000;
const COMMAND_MS = 60_000;
const UP_MS = 60_000;
const DOWN_MS = 30_000;

/** Each public entry but the design language, which the demo uses. */
const LIBRARIES = `
import { defineEdge } from "trestle/edge";
import { channel } from "trestle/flow";
import { perSecond, rateLimiter, tokenBucket } from "trestle/flow/rate-limit";
import { spillQueue } from "trestle/flow/spill";
import { policy, retry, timeout } from "trestle/resilience";
import { singleFlight } from "trestle/resilience/single-flight";
import { encodeBase62 } from "trestle/structures";
import { systemClock } from "trestle/time";

const calls = policy(retry(), timeout(1_000)).with({ clock: systemClock });
const value: string = await singleFlight<string>().run("one", () => calls.run(() => encodeBase62(1)));
const { allowed } = rateLimiter(tokenBucket(perSecond(10))).take("user");
const queue = await spillQueue<string>({ folder: "spill", memoryItems: 10, diskBytesMax: 1_048_576 });
const items = channel<string>({ capacity: 1, whenFull: "block" });
await items.send("spilled");
await queue.send((await items.receive()) ?? "");
const delivery = await queue.receive();
const config = defineEdge({
  listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "api" }] }],
  upstreams: { api: { endpoints: [{ id: "api.1", host: "127.0.0.1", port: 3000 }] } },
});
console.log(value, allowed, delivery?.item, config.listeners.length);
await delivery?.ack();
await queue.close();
`;

const root = join(import.meta.dirname, "..");
// Symbolic links in the way would make later comparisons of folders fail.
const folder = mkdtempSync(join(tmpdir(), "trestle-package-"));

try {
  await check();
  console.log("check:package: the package installs, runs its demo and leaves nothing behind");
} catch (thrown) {
  console.error(`check:package: ${thrown instanceof Error ? thrown.message : thrown}`);
  process.exitCode = 1;
} finally {
  for (const pid of processesIn(folder)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function check(): Promise<void> {
  step("build and pack");
  build();
  const tarball = run(
    "npm",
    ["pack", STAGE, "--silent", "--pack-destination", folder],
    folder,
    COMMAND_MS,
  ).trim();
  const home = join(folder, "user");
  mkdirSync(home);

  step(`install ${tarball} with an empty cache`);
  const cache = join(folder, "npm-cache");
  run("npm", ["install", "--no-audit", "--no-fund", "--cache", cache, join("..", tarball)], home, INSTALL_MS);
  const { version } = JSON.parse(readFileSync(join(STAGE, "package.json"), "utf8"));
  const said = run("npx", ["trestle", "--version"], home, COMMAND_MS);
  if (!said.includes(version)) throw new Error(`npx trestle --version says ${said.trim()}, not ${version}`);

  step("npx trestle init demo");
  run("npx", ["trestle", "init", "demo"], home, COMMAND_MS);
  const demo = join(home, "demo");
  const port = await freePort();
  usePort(join(demo, "system.ts"), port);
  typeCheck(demo, "system.ts");

  step("the libraries, in a program of the user's");
  writeFileSync(join(demo, "libraries.ts"), LIBRARIES);
  typeCheck(demo, "libraries.ts");
  const printed = run(process.execPath, ["libraries.ts"], demo, COMMAND_MS).trim();
  if (printed !== "1 true spilled 1") throw new Error(`the libraries' program printed ${printed}`);

  step(`npx trestle up, on port ${port}`);
  await upAndDown(demo, port);
}

async function upAndDown(demo: string, port: number): Promise<void> {
  const output: string[] = [];
  const up = spawn("npx", ["trestle", "up"], {
    cwd: demo,
    env: userEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  up.stdout.on("data", (chunk) => output.push(String(chunk)));
  up.stderr.on("data", (chunk) => output.push(String(chunk)));
  const ended = once(up, "exit");
  try {
    const answer = await firstAnswer(`http://127.0.0.1:${port}/`, () => up.exitCode !== null);
    console.log(`  GET / answers ${answer}`);
    // A terminal's Ctrl-C reaches every process of its foreground group.
    if (up.pid !== undefined) process.kill(-up.pid, "SIGINT");
    const inTime = await Promise.race([ended.then(() => true), sleep(DOWN_MS, false, { ref: false })]);
    if (!inTime) throw new Error(`trestle up had not ended ${DOWN_MS / 1000} s after Ctrl-C`);
    const left = processesIn(folder);
    if (left.length > 0) throw new Error(`processes were left behind:\n${left.map(commandOf).join("\n")}`);
    if (!(await isFree(port))) throw new Error(`port ${port} is still taken after Ctrl-C`);
  } catch (thrown) {
    throw new Error(`${thrown instanceof Error ? thrown.message : thrown}\n--- it said:\n${output.join("")}`);
  }
}

async function firstAnswer(url: string, hasEnded: () => boolean): Promise<number> {
  const deadline = Date.now() + UP_MS;
  for (let last = "nothing listens"; ; await sleep(100)) {
    if (hasEnded()) throw new Error("trestle up ended before the demo answered");
    if (Date.now() > deadline) throw new Error(`the demo did not answer in ${UP_MS / 1000} s (${last})`);
    try {
      const { status } = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) });
      if (status < 400) return status;
      last = `it answers ${status}`;
    } catch (thrown) {
      last = String(thrown instanceof Error ? (thrown.cause ?? thrown.message) : thrown);
    }
  }
}

/** The demo's own port may be in use on this machine. */
function usePort(design: string, port: number): void {
  const text = readFileSync(design, "utf8");
  const moved = text.replace(/\bport: [\d_]+/, `port: ${port}`);
  if (moved === text) throw new Error(`${design} names no port`);
  writeFileSync(design, moved);
}

/** The declarations that come with the package serve a user's compiler. */
function typeCheck(demo: string, file: string): void {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const options =
    "--noEmit --strict --target es2024 --module nodenext --skipLibCheck --allowImportingTsExtensions";
  run(
    process.execPath,
    [compiler, ...options.split(" "), "--types", "", "--ignoreConfig", file],
    demo,
    COMMAND_MS,
  );
}

function run(command: string, args: readonly string[], cwd: string, timeoutMs: number): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: userEnvironment(),
    encoding: "utf8",
    timeout: timeoutMs,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error) throw new Error(`${command} ${args.join(" ")}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Without what `npm run` adds: a user has neither this repository's commands on the path nor its settings. */
function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_|^INIT_CWD$/i.test(name));
  const path = (process.env.PATH ?? "").split(delimiter).filter((one) => !one.includes("node_modules"));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}

/** Processes that run from the folder, work in it or were started with a path in it. */
function processesIn(place: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && belongsTo(pid, place));
}

function belongsTo(pid: number, place: string): boolean {
  try {
    const folderOf = readlinkSync(`/proc/${pid}/cwd`);
    return folderOf === place || folderOf.startsWith(place + sep) || commandOf(pid).includes(place);
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
  } catch {
    return `${pid}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function step(what: string): void {
  console.log(`- ${what}`);
}
