import type { CommandSpec, Context, Session } from "../core/index.ts";
import { CONFIG_COMMAND } from "./config.ts";
import { COMMAND_COMMAND } from "./describe.ts";
import { INFO_COMMAND } from "./info.ts";

/** The server itself. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  INFO_COMMAND,
  CONFIG_COMMAND,
  COMMAND_COMMAND,
  {
    name: "time",
    arity: 1,
    flags: ["loading", "stale", "fast"],
    group: "server",
    since: "2.6.0",
    summary: "Return the current server time",
    run: time,
  },
];

/** Seconds, and microseconds within the second; the clock gives milliseconds. */
function time(context: Context, session: Session) {
  const nowMs = context.nowMs();
  session.reply.array(2);
  session.reply.bulk(String(Math.floor(nowMs / 1000)));
  session.reply.bulk(String(Math.floor((nowMs % 1000) * 1000)));
}
