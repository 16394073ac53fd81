import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { codeOf, messageOf } from "../../blocks/errors/index.ts";
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
    const draft = `${this.#path}.draft`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(draft, JSON.stringify(this.#remembered));
      renameSync(draft, this.#path);
    } catch {
      // Only a preference: a full disk costs the next run nothing but that.
    }
  }
}

/** Whether a server could listen there now. Throws where no server ever could, as at an address of another machine. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const hindrance = await hindranceAt(host, port);
  if (hindrance === undefined) return true;
  if (codeOf(hindrance) === "EADDRINUSE" || codeOf(hindrance) === "EACCES") return false;
  throw hindrance;
}

/** What keeps a server from listening there, in words; `undefined` when nothing does. */
export async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  const hindrance = await hindranceAt(host, port);
  if (hindrance === undefined) return undefined;
  switch (codeOf(hindrance)) {
    case "EADDRINUSE":
      return "another program has it. End that program, or give the edge another port in the design";
    case "EACCES":
      return "this user may not. Give the edge a port from 1024 up in the design";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine has no such address. Give the edge another host in the design";
    default:
      return messageOf(hindrance);
  }
}

function hindranceAt(host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function read(path: string): Record<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(([, port]) => Number.isInteger(port) && port > 0 && port < 65_536),
    );
  } catch {
    // Only a preference: without it, any port does.
    return {};
  }
}
