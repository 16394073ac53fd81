import type { PartSnapshot, SystemSnapshot } from "../control-api/index.ts";
import type { Part } from "./part.ts";
import { memoryByLeader, memoryOf } from "./sessions.ts";

/** Draws the picture of a system that `ps` shows. */
export function snapshotOf(
  system: Omit<SystemSnapshot, "parts" | "pid" | "memoryBytes"> & {
    readonly parts: readonly Part[];
    /** Why a part has as many replicas as it has, where that follows its load. */
    readonly reasonOf?: (part: string) => string | undefined;
  },
): SystemSnapshot {
  const { reasonOf, ...rest } = system;
  const parts = system.parts.map((part) => partSnapshot(part, reasonOf?.(part.name)));
  const pids = parts.flatMap(({ replicas }) =>
    replicas.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  );
  const memory = memoryByLeader(pids);
  const own = memoryOf(process.pid);
  return {
    ...rest,
    pid: process.pid,
    ...(own === undefined ? {} : { memoryBytes: own }),
    parts: parts.map((part) => ({
      ...part,
      replicas: part.replicas.map((replica) => {
        const memoryBytes = replica.pid === undefined ? undefined : memory.get(replica.pid);
        return memoryBytes === undefined ? replica : { ...replica, memoryBytes };
      }),
    })),
  };
}

function partSnapshot(part: Part, reason: string | undefined): PartSnapshot {
  const { scaling, wanted } = part;
  const url = part.url === undefined ? undefined : withoutSecret(part.url);
  return {
    name: part.name,
    kind: part.kind,
    external: part.external,
    ...(url === undefined ? {} : { url }),
    ...(part.moreUrls?.length ? { moreUrls: part.moreUrls } : {}),
    ...(scaling && wanted !== undefined
      ? {
          scaling: {
            min: scaling.min,
            max: scaling.max,
            wanted,
            ...(reason === undefined ? {} : { reason }),
          },
        }
      : {}),
    replicas: part.keepers.map((keeper) => keeper.snapshot()),
  };
}

/** A URL as it may be shown: its password left out. */
export function withoutSecret(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_all, scheme: string, user: string) => {
    const name = user.split(":")[0];
    return name ? `${scheme}${name}@` : scheme;
  });
}
