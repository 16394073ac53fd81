/** Drawing from a channel in batches, and letting a consumer set the pace. */
export { type BatchOptions, batches, type Source } from "./batches.ts";
/** What a channel is, by what it does when it is full. */
export type {
  BlockingChannel,
  Channel,
  DroppingChannel,
  Fate,
  Fates,
  Item,
  RefusingChannel,
} from "./channel.ts";
export { type Credits, credits } from "./credits.ts";
/** A bounded queue between producers and consumers. */
export { channel } from "./open-channel.ts";
