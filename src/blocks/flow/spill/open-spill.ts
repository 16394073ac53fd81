import type { Item } from "../channel/channel.ts";
import { type Damage, damageError } from "./damage.ts";
import { takeFolderLock } from "./folder-lock.ts";
import { FolderQueue } from "./folder-queue.ts";
import { type Position, PositionFile } from "./position-file.ts";
import { makeFolder, recover } from "./recovery.ts";
import { SegmentLog } from "./segment-log.ts";
import type { SpillQueue } from "./spill-queue.ts";
import { type SpillOptions, segmentBytesOf, settingsOf } from "./spill-settings.ts";

/**
 * Opens the queue in a folder, and finds there what the one before it left, however that ended.
 *
 * @throws FlowError `SPILL_LOCKED`, `SPILL_TOO_NEW`, or `SPILL_CORRUPT` when the newest items are damaged
 * @throws RangeError when an option is out of its range
 */
export async function spillQueue<T extends Item>(options: SpillOptions<T>): Promise<SpillQueue<T>> {
  const settings = settingsOf(options);
  const { folder, diskBytesMax, fsync, whenCorrupt, onDamage } = settings;
  await makeFolder(folder);
  const lock = await takeFolderLock(folder);
  try {
    const { file, position } = await PositionFile.open(folder);
    try {
      const report = (damage: Damage) => {
        if (whenCorrupt === "error") throw damageError(damage);
        try {
          onDamage?.(damage);
        } catch {}
      };
      const found = await recover(folder, position, report);
      const log = new SegmentLog(found.segments, {
        folder,
        segmentBytes: segmentBytesOf(diskBytesMax),
        force: fsync !== "never",
        durable: position.durable,
      });
      await deleteAcknowledged(log, file, position);
      return new FolderQueue<T>(settings, { lock, position: file, log, report }, { ...found, ...position });
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

/**
 * A process may have been killed between writing down that everything in a segment is acknowledged and deleting it. What is left
 * would take up room until something else is acknowledged; if there is nothing else, and no room, that would be never.
 */
async function deleteAcknowledged(log: SegmentLog, file: PositionFile, position: Position): Promise<void> {
  if (!log.isReclaimable(position.acknowledged)) return;
  // The position comes first: it must never speak of items as on disk that are deleted.
  await file.write(position, { force: true });
  await log.reclaim(position.acknowledged);
}
