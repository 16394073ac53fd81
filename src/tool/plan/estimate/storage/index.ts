/** What a design stores and keeps in memory, as figures. Pure. */
export { cacheFigures } from "./cache-figures.ts";
export { type DiskRoom, diskRooms, type KnownRoom, tightestRoom } from "./disk-room.ts";
export { keptBytes, storageFigures } from "./storage.ts";
