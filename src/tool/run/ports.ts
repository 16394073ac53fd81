import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { codeOf } from "../../blocks/errors/index.ts";
import type { Random } from "../../blocks/time/index.ts";
import { RunError } from "./errors.ts";

// Below the range from which systems draw the ports of outgoing connections (32768 on Linux, 49152 by RFC 6335).
const FIRST = 20_000;
const LAST = 29_999;

/** Hands out loopback ports, each name the same one from run to run where it is still free. */
export class Ports {
  readonly #path: string;
  readonly #random: Random;
  readonly #taken = new Set<number>();
  readonly #remembered: Record<string, number>;

  constructor(path: string, random: Random) {
    this.#path = path;
    this.#random = random;
    this.#remembered = read(path);
  }

  /** A free port for `name`. Throws `NO_FREE_PORT` after many tries. */
  async take(name: string): Promise<number> {
    const before = this.#remembered[name];
    const tries = 200;
    for (let attempt = 0; attempt < tries; attempt++) {
      const port = attempt === 0 && before ? before : FIRST + Math.floor(this.#random() * (LAST - FIRST + 1));
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (await isFree("127.0.0.1", port)) {
        this.#remember(name, port);
        return port;
      }
      this.#taken.delete(port);
    }
    throw new RunError("NO_FREE_PORT", `no free port between ${FIRST} and ${LAST} after ${tries} tries`);
  }

  /** Gives a port back. */
  release(port: number): void {
    this.#taken.delete(port);
  }

  #remember(name: string, port: number): void {
    if (this.#remembered[name] === port) return;
    this.#remembered[name] = port;
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, JSON.stringify(this.#remembered));
    renameSync(draft, this.#path);
  }
}

/** Whether a server could listen there now. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (thrown) => {
      if (codeOf(thrown) === "EADDRINUSE" || codeOf(thrown) === "EACCES") resolve(false);
      else reject(thrown);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function read(path: string): Record<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, port]) => Number.isInteger(port)));
  } catch {
    // Only a preference: without it, any port does.
    return {};
  }
}
