import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64, toSafeNumber } from "../numbers/index.ts";
import { EVICTION_POLICIES, type EvictionPolicy, globMatches } from "../store/index.ts";
import { helpCommand } from "./help.ts";

interface Parameter {
  get(context: Context): string;
  /** Sets it, or says why not. Absent where it is fixed. */
  set?(context: Context, value: string): string | undefined;
}

const MEMORY_BYTES_MIN = 1024 * 1024;

/** What CONFIG tells. Clients look for some that this cache has no choice about; those are fixed. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  maxmemory: { get: (context) => String(context.memoryBytes), set: setMemory },
  "maxmemory-policy": { get: (context) => context.evictor.policy, set: setPolicy },
  "maxmemory-samples": { get: (context) => String(context.evictor.samples), set: setSamples },
  "proto-max-bulk-len": { get: (context) => String(context.limits.bulkBytes) },
  maxclients: { get: (context) => String(context.limits.clients) },
  port: { get: (context) => String(context.facts.port) },
  databases: { get: () => "1" },
  save: {
    get: () => "",
    set: (_context, value) => (value === "" ? undefined : "this cache keeps nothing on disk"),
  },
  appendonly: {
    get: () => "no",
    set: (_context, value) => (value.toLowerCase() === "no" ? undefined : "this cache keeps nothing on disk"),
  },
  timeout: { get: () => "0" },
  "cluster-enabled": { get: () => "no" },
};

export const CONFIG_COMMAND: CommandSpec = {
  name: "config",
  arity: -2,
  flags: [],
  group: "server",
  since: "2.0.0",
  summary: "A container for server configuration commands",
  subcommands: [
    {
      name: "get",
      arity: -3,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "2.0.0",
      summary: "Get the values of configuration parameters",
      run: getParameters,
    },
    {
      name: "set",
      arity: -4,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "2.0.0",
      summary: "Set configuration parameters to the given values",
      run: setParameters,
    },
    {
      name: "resetstat",
      arity: 2,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "2.0.0",
      summary: "Reset the stats returned by INFO",
      run: resetStatistics,
    },
    {
      name: "rewrite",
      arity: 2,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "2.8.0",
      summary: "Rewrite the configuration file with the in memory configuration",
      run: (_context, session) => session.reply.error("ERR The server is running without a config file"),
    },
    helpCommand("config", "server", "5.0.0", ["GET <pattern>", "SET <directive> <value>", "RESETSTAT"]),
  ],
};

function getParameters(context: Context, session: Session, args: readonly string[]) {
  const found = new Map<string, string>();
  for (const pattern of args.slice(2)) {
    for (const [name, parameter] of Object.entries(PARAMETERS)) {
      if (!globMatches(pattern.toLowerCase(), name)) continue;
      // A parameter that is asked for by name is answered under the name as it was written.
      const isName = pattern.toLowerCase() === name;
      if (isName || !found.has(name)) found.set(isName ? pattern : name, parameter.get(context));
    }
  }
  session.reply.map(found.size);
  for (const [name, value] of found) {
    session.reply.bulk(name);
    session.reply.bulk(value);
  }
}

/** All or none: what was set before one is refused is set back. */
function setParameters(context: Context, session: Session, args: readonly string[]) {
  const { reply } = session;
  if (args.length % 2 === 1) return reply.error("ERR wrong number of arguments for 'config|set' command");
  const names: string[] = [];
  for (let at = 2; at < args.length; at += 2) {
    const name = argument(args, at).toLowerCase();
    const failed = `ERR CONFIG SET failed (possibly related to argument '${argument(args, at)}') -`;
    if (!Object.hasOwn(PARAMETERS, name))
      return reply.error(
        `ERR Unknown option or number of arguments for CONFIG SET - '${argument(args, at)}'`,
      );
    if (!PARAMETERS[name]?.set) return reply.error(`${failed} can't set immutable config`);
    if (names.includes(name)) return reply.error(`${failed} duplicate parameter`);
    names.push(name);
  }
  const old = names.map((name) => PARAMETERS[name]?.get(context) ?? "");
  for (const [index, name] of names.entries()) {
    const problem = PARAMETERS[name]?.set?.(context, argument(args, 3 + index * 2));
    if (problem === undefined) continue;
    for (const [undo, before] of old.slice(0, index).entries())
      PARAMETERS[names[undo] ?? ""]?.set?.(context, before);
    return reply.error(
      `ERR CONFIG SET failed (possibly related to argument '${argument(args, 2 + index * 2)}') - ${problem}`,
    );
  }
  if (context.store.usedBytes > context.memoryBytes) context.evictor.shrinkTo(context.memoryBytes);
  reply.ok();
}

function resetStatistics(context: Context, session: Session) {
  context.resetStatistics(session);
  session.reply.ok();
}

const MEMORY_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1_000_000,
  mb: 1024 ** 2,
  g: 1_000_000_000,
  gb: 1024 ** 3,
};

function setMemory(context: Context, value: string): string | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,15})([a-z]{0,2})$/i.exec(value) ?? [];
  const factor = MEMORY_UNITS[unit.toLowerCase()];
  if (digits === "" || factor === undefined) return "argument must be a memory value";
  const bytes = Number(digits) * factor;
  const { memoryBytesMax } = context.facts;
  if (bytes < MEMORY_BYTES_MIN || bytes > memoryBytesMax)
    return `argument must be between ${MEMORY_BYTES_MIN} and ${memoryBytesMax} inclusive`;
  context.memoryBytes = bytes;
  return undefined;
}

function setPolicy(context: Context, value: string): string | undefined {
  const name = value.toLowerCase();
  if (!Object.hasOwn(EVICTION_POLICIES, name)) {
    const names = Object.keys(EVICTION_POLICIES).join(", ");
    return `argument(s) must be one of the following: ${names}`;
  }
  context.evictor.policy = name as EvictionPolicy;
  return undefined;
}

function setSamples(context: Context, value: string): string | undefined {
  const samples = parseInt64(value);
  if (samples === undefined || samples < 1 || samples > 64)
    return "argument must be between 1 and 64 inclusive";
  context.evictor.samples = toSafeNumber(samples);
  return undefined;
}
