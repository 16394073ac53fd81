/** A queue that goes on on disk where memory ends, and outlives its process. */
export type { Damage } from "./damage.ts";
export { spillQueue } from "./open-spill.ts";
export type { Delivery, SpillQueue } from "./spill-queue.ts";
export type { SpillOptions } from "./spill-settings.ts";
