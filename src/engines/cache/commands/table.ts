import type { CommandSpec } from "../core/index.ts";
import { CLIENT_COMMANDS } from "./client.ts";
import { CONNECTION_COMMANDS } from "./connection.ts";
import { COUNTER_COMMANDS } from "./counters.ts";
import { EXPIRY_COMMANDS } from "./expiry.ts";
import { INTROSPECTION_COMMANDS } from "./introspection.ts";
import { KEY_COMMANDS } from "./keys.ts";
import { KEYSPACE_COMMANDS } from "./keyspace.ts";
import { RANGE_COMMANDS } from "./ranges.ts";
import { SERVER_COMMANDS } from "./server.ts";
import { STRING_COMMANDS } from "./strings.ts";
import { TRANSACTION_COMMANDS } from "./transactions.ts";

/** Every command there is, each row beside the function that carries it out. */
export const COMMANDS: readonly CommandSpec[] = Object.freeze([
  ...STRING_COMMANDS,
  ...RANGE_COMMANDS,
  ...COUNTER_COMMANDS,
  ...KEY_COMMANDS,
  ...EXPIRY_COMMANDS,
  ...KEYSPACE_COMMANDS,
  ...INTROSPECTION_COMMANDS,
  ...TRANSACTION_COMMANDS,
  ...CONNECTION_COMMANDS,
  ...CLIENT_COMMANDS,
  ...SERVER_COMMANDS,
]);
