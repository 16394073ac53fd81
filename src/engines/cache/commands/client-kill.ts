import { argument, type Context, type Session } from "../core/index.ts";
import { parseInt64 } from "../numbers/index.ts";
import { ANSWERS } from "./answers.ts";

interface KillFilter {
  id?: number | bigint;
  address?: string;
  localAddress?: string;
  user?: string;
  type?: string;
  skipMe: boolean;
}

/** CLIENT KILL, in its old form (an address) and its new one (filters, all of which must hold). */
export function killClients(context: Context, session: Session, args: readonly string[]) {
  const old = args.length === 3;
  const filter = old ? { address: argument(args, 2), skipMe: false } : readFilter(args);
  if (typeof filter === "string") return session.reply.error(filter);
  let killed = 0;
  for (const one of [...context.sessions.values()]) {
    if (!fits(one, filter) || (filter.skipMe && one === session)) continue;
    killed++;
    // One's own connection lasts until the answer is out.
    if (one === session) session.ending = "after-reply";
    else one.disconnect();
  }
  if (!old) session.reply.integer(killed);
  else if (killed > 0) session.reply.ok();
  else session.reply.error("ERR No such client");
}

function readFilter(args: readonly string[]): KillFilter | string {
  const filter: KillFilter = { skipMe: true };
  for (let at = 2; at < args.length; at += 2) {
    const value = args[at + 1];
    if (value === undefined) return ANSWERS.syntax;
    const problem = readFilterWord(filter, argument(args, at).toUpperCase(), value);
    if (problem !== undefined) return problem;
  }
  return filter;
}

function readFilterWord(filter: KillFilter, word: string, value: string): string | undefined {
  switch (word) {
    case "ID": {
      const id = parseInt64(value);
      if (id === undefined || id < 1) return "ERR client-id should be greater than 0";
      filter.id = id;
      return undefined;
    }
    case "ADDR":
      filter.address = value;
      return undefined;
    case "LADDR":
      filter.localAddress = value;
      return undefined;
    case "USER":
      if (value !== "default") return `ERR No such user '${value}'`;
      filter.user = value;
      return undefined;
    case "TYPE":
      if (!["normal", "master", "slave", "replica", "pubsub"].includes(value.toLowerCase()))
        return `ERR Unknown client type '${value}'`;
      filter.type = value.toLowerCase();
      return undefined;
    case "SKIPME":
      if (!/^(yes|no)$/i.test(value)) return ANSWERS.syntax;
      filter.skipMe = value.toLowerCase() === "yes";
      return undefined;
    default:
      return ANSWERS.syntax;
  }
}

function fits(one: Session, filter: KillFilter): boolean {
  if (filter.id !== undefined && one.id !== filter.id) return false;
  if (filter.address !== undefined && one.address !== filter.address) return false;
  if (filter.localAddress !== undefined && one.localAddress !== filter.localAddress) return false;
  if (filter.user !== undefined && !one.authenticated) return false;
  return filter.type === undefined || filter.type === "normal";
}
