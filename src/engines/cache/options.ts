import type { Clock, Random } from "../../blocks/time/index.ts";
import type { CollectorOptions } from "../collector.ts";
import { CacheError } from "./errors.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a cache is started with. Plain data apart from `clock` and `random`, so that it travels over IPC. */
export interface CacheOptions {
  /** The address to listen on (default `127.0.0.1`). Any that is not loopback needs a password. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The bound on keys, values and their bookkeeping, at least 1 MiB; the bare process stands beside it. */
  readonly memoryBytes: number;
  /** Clients must give it (`AUTH`, `HELLO … AUTH`) before anything else. Without one every client is let in. */
  readonly password?: string;
  /**
   * Passwords by user: whoever gives one of them is let in like whoever gives `password`, and counted by the user's name. Up to 1,000, all
   * different; a name is 1 to 255 characters, and not `default`, under which `password` goes. Default: none.
   */
  readonly users?: Readonly<Record<string, string>>;
  /** Metrics for a collector. Default: none are made. */
  readonly telemetry?: CacheTelemetryOptions;
  /** Where time comes from (default: the machine's). */
  readonly clock?: Clock;
  /** Where sampling draws its lots (default: the runtime's generator). */
  readonly random?: Random;
  /** Bounds that differ from `DEFAULT_CACHE_LIMITS`. */
  readonly limits?: Partial<CacheLimits>;
}

/** The collector that a cache tells its metrics. */
export interface CacheTelemetryOptions extends CollectorOptions {
  /** How often metrics are sent, 100 to a day. Default 10,000. */
  readonly metricsIntervalMs?: number;
}

/** What one client, or all of them, may ask of the cache. */
export interface CacheLimits {
  /** The longest key or value. Never more than `memoryBytes`: what cannot be kept need not be read. */
  readonly bulkBytes: number;
  /** All arguments of one command, each counted with 32 bytes of its own; also all commands that wait for EXEC. */
  readonly requestBytes: number;
  /** Arguments of one command. */
  readonly requestArguments: number;
  /** A line of the inline protocol. */
  readonly inlineBytes: number;
  /** The longest answer to one command; a client that asks for more is disconnected. */
  readonly outputBytes: number;
  /** Answers that may stand unread before the cache reads no further commands of that client. */
  readonly outputPauseBytes: number;
  /** Clients at once. */
  readonly clients: number;
  /** Arguments of one command, and bytes of each, of a client that has not given the password yet. */
  readonly unauthenticatedArguments: number;
  readonly unauthenticatedBulkBytes: number;
}

/** Redis's own bounds where they fit one process of moderate memory, and lower ones where they do not. */
export const DEFAULT_CACHE_LIMITS: CacheLimits = Object.freeze({
  bulkBytes: 64 * MIB,
  requestBytes: 128 * MIB,
  requestArguments: 1024 * KIB,
  inlineBytes: 64 * KIB,
  outputBytes: 256 * MIB,
  outputPauseBytes: MIB,
  clients: 10_000,
  unauthenticatedArguments: 10,
  unauthenticatedBulkBytes: 16 * KIB,
});

const DAY_MS = 86_400_000;
/** The user of whoever gives `password`, or needs none. */
export const DEFAULT_USER = "default";
/** Each is compared whenever a password is given. */
const USERS_MAX = 1_000;
const USER_NAME_MAX = 255;

/** The least memory that a cache makes sense with. */
export const MEMORY_BYTES_MIN = MIB;

/** Options with every default filled in. */
export interface ResolvedCacheOptions {
  readonly host: string;
  readonly port: number;
  readonly memoryBytes: number;
  /** By user; empty where no password is asked for. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly telemetry: CacheTelemetryOptions | undefined;
  readonly limits: CacheLimits;
}

/**
 * Checks the options and fills in the defaults. `memoryBytesMax` is what the process can hold.
 *
 * @throws CacheError `BAD_OPTION`, `PUBLIC_WITHOUT_PASSWORD`
 */
export function resolveCacheOptions(options: CacheOptions, memoryBytesMax: number): ResolvedCacheOptions {
  const { host = "127.0.0.1", port, memoryBytes, password } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CacheError("BAD_OPTION", `port ${port} is no port: give a whole number from 0 to 65535`);
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < MEMORY_BYTES_MIN)
    throw new CacheError(
      "BAD_OPTION",
      `memoryBytes ${memoryBytes} is too little: give at least 1 MiB (1048576)`,
    );
  if (memoryBytes > memoryBytesMax)
    throw new CacheError(
      "BAD_OPTION",
      `memoryBytes ${memoryBytes} is more than this process can hold: give at most ${memoryBytesMax}, or start it with a larger --max-old-space-size`,
    );
  if (password === "") throw new CacheError("BAD_OPTION", "the password is empty: give one, or none at all");
  const passwords = passwordsOf(password, options.users);
  if (passwords.size === 0 && !isLoopback(host))
    throw new CacheError(
      "PUBLIC_WITHOUT_PASSWORD",
      `the cache would listen on ${host} without a password: give it one, or listen on 127.0.0.1`,
    );
  const limits = { ...DEFAULT_CACHE_LIMITS, ...options.limits };
  for (const [name, value] of Object.entries(limits))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new CacheError("BAD_OPTION", `limits.${name} is ${value}: give a whole number above 0`);
  limits.bulkBytes = Math.min(limits.bulkBytes, memoryBytes);
  // A request may carry one value of the greatest size and its key, whatever the memory.
  limits.requestBytes = Math.min(limits.requestBytes, 2 * memoryBytes);
  if (options.telemetry) checkTelemetry(options.telemetry);
  return { host, port, memoryBytes, passwords, telemetry: options.telemetry, limits };
}

function passwordsOf(
  password: string | undefined,
  users: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const named = Object.entries(users);
  if (named.length > USERS_MAX)
    throw new CacheError("BAD_OPTION", `there are ${named.length} users: give ${USERS_MAX} at most`);
  for (const [name, own] of named) {
    if (name === "" || name.length > USER_NAME_MAX || name === DEFAULT_USER)
      throw new CacheError(
        "BAD_OPTION",
        `users: ${JSON.stringify(name.slice(0, USER_NAME_MAX))} cannot be a user's name`,
      );
    if (typeof own !== "string" || own === "")
      throw new CacheError("BAD_OPTION", `users: the password of ${name} is empty: give it one`);
  }
  const passwords = new Map(named);
  if (password !== undefined) passwords.set(DEFAULT_USER, password);
  if (new Set(passwords.values()).size < passwords.size)
    throw new CacheError("BAD_OPTION", "two users have one password: give each a password of its own");
  return passwords;
}

function checkTelemetry({ endpoint, service, metricsIntervalMs = 100 }: CacheTelemetryOptions): void {
  const protocol = URL.parse(endpoint)?.protocol;
  if (protocol !== "http:" && protocol !== "https:")
    throw new CacheError(
      "BAD_OPTION",
      "telemetry.endpoint is no collector's: give its base URL, as in http://127.0.0.1:4318",
    );
  if (service.name === "")
    throw new CacheError("BAD_OPTION", "telemetry.service.name is empty: give the cache's");
  if (!(metricsIntervalMs >= 100 && metricsIntervalMs <= DAY_MS))
    throw new CacheError(
      "BAD_OPTION",
      `telemetry.metricsIntervalMs is ${metricsIntervalMs}: give 100 to ${DAY_MS}`,
    );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
