/** The cache without its sockets, and what its commands are made of. */
export {
  argument,
  Command,
  type CommandFlag,
  type CommandGroup,
  type CommandLookup,
  type CommandSpec,
  type Context,
  type Handler,
  type KeyPositions,
  type ProcessFacts,
  shownText,
} from "./command.ts";
export { CommandTable } from "./command-table.ts";
export { Engine, type EngineOptions } from "./engine.ts";
export { NO_TRANSACTION, Session, type Transaction } from "./session.ts";
export { Stats } from "./stats.ts";
export { COMMAND_BOUNDS_S, User } from "./users.ts";
export { Watches } from "./watches.ts";
