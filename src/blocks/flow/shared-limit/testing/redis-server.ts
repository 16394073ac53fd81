import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A redis-server of this machine on a loopback port, with nothing on disk. */
export class RedisServer {
  readonly port: number;
  readonly #kill: (signal: NodeJS.Signals) => void;
  readonly #dispose: () => Promise<void>;

  private constructor(port: number, kill: (signal: NodeJS.Signals) => void, dispose: () => Promise<void>) {
    this.port = port;
    this.#kill = kill;
    this.#dispose = dispose;
  }

  /** `port`: default a free one. `cluster`: it is the only node of one, and owns all slots once it is told to. */
  static async start(options: { port?: number; cluster?: boolean } = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "trestle-limit-"));
    const port = options.port ?? (await freePort());
    const settings = { port, bind: "127.0.0.1", save: "", appendonly: "no", dir: folder };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (options.cluster) {
      // A lone node has met nobody who could have told it its address, which clients of clusters ask it for.
      args.push("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
      args.push("--cluster-port", String(await freePort()));
    }
    const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise<void>((resolve) => {
      child.once("error", () => resolve());
      child.once("exit", () => resolve());
    });
    const dispose = async () => {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    const isReady = await new Promise<boolean>((resolve) => {
      child.stdout.on("data", (piece: Buffer) => {
        if (piece.includes("Ready to accept connections")) resolve(true);
      });
      void ended.then(() => resolve(false));
    });
    if (isReady) return new RedisServer(port, (signal) => child.kill(signal), dispose);
    await dispose();
    throw new Error("redis-server does not start: apt-get install redis-server");
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Stands still, with all its connections open. */
  hang(): void {
    this.#kill("SIGSTOP");
  }

  goOn(): void {
    this.#kill("SIGCONT");
  }

  /** Ends at once, as with `kill -9`. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#dispose();
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
