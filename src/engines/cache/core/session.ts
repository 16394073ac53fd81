import { Reply } from "../resp/index.ts";
import type { User } from "./users.ts";

/** Where a client stands with MULTI. */
export type Transaction =
  | { readonly kind: "none" }
  /** Commands are kept; once one was refused, EXEC will be too. */
  | {
      readonly kind: "queueing";
      /** The arguments of each. */
      readonly queue: (readonly string[])[];
      bytes: number;
      /** Whether one of them may take memory. */
      mayGrow: boolean;
      refused: boolean;
    };

export const NO_TRANSACTION: Transaction = Object.freeze({ kind: "none" });

/** What CLIENT REPLY asked for: `skip` is `off` for one command more. */
export type ReplyMode = "on" | "off" | "skip";

/** Whether the connection goes on. */
export type Ending = "no" | "after-reply" | "now";

/** What is known of a client when it connects. */
export interface SessionOptions {
  readonly id: number;
  /** `127.0.0.1:50123` */
  readonly address: string;
  readonly localAddress: string;
  readonly nowMs: number;
  readonly authenticated: boolean;
  readonly user: User;
  readonly outputBytesMax: number;
  /** Called when another client wants this one gone. */
  readonly disconnect: () => void;
}

/** One client, as the engine sees it: no socket, only what the client has said so far and the answers to it. */
export class Session {
  readonly id: number;
  readonly address: string;
  readonly localAddress: string;
  readonly createdAtMs: number;
  readonly disconnect: () => void;
  readonly reply: Reply;
  authenticated: boolean;
  /** For whom its commands are counted. */
  user: User;
  name = "";
  libraryName = "";
  libraryVersion = "";
  lastAtMs: number;
  lastCommand = "NULL";
  transaction: Transaction = NO_TRANSACTION;
  /** Keys under WATCH. */
  readonly watched: Set<string> = new Set();
  /** Whether one of them changed. */
  watchBroken = false;
  replyMode: ReplyMode = "on";
  /** Its reads leave no trace in what eviction goes by. */
  noTouch = false;
  noEvict = false;
  ending: Ending = "no";

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.address = options.address;
    this.localAddress = options.localAddress;
    this.createdAtMs = options.nowMs;
    this.lastAtMs = options.nowMs;
    this.authenticated = options.authenticated;
    this.user = options.user;
    this.disconnect = options.disconnect;
    this.reply = new Reply(options.outputBytesMax);
  }
}
