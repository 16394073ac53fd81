import type { PartSnapshot, SystemSnapshot } from "./events.ts";
import type { Part } from "./part.ts";
import { memoryBySession, memoryOf } from "./process-identity.ts";

/** Draws the picture of a system that `ps` shows. */
export function snapshotOf(
  system: Omit<SystemSnapshot, "parts" | "pid" | "memoryBytes"> & { readonly parts: readonly Part[] },
): SystemSnapshot {
  const memory = memoryBySession();
  const own = memoryOf(process.pid);
  return {
    ...system,
    pid: process.pid,
    ...(own === undefined ? {} : { memoryBytes: own }),
    parts: system.parts.map((part) => partSnapshot(part, memory)),
  };
}

function partSnapshot(part: Part, memory: ReadonlyMap<number, number>): PartSnapshot {
  const url = part.url === undefined ? undefined : withoutSecret(part.url);
  return {
    name: part.name,
    kind: part.kind,
    external: part.external,
    ...(url === undefined ? {} : { url }),
    replicas: part.keepers.map((keeper) => {
      const replica = keeper.snapshot();
      const memoryBytes = replica.pid === undefined ? undefined : memory.get(replica.pid);
      return { ...replica, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
    }),
  };
}

/** A URL as it may be shown: its password left out. */
export function withoutSecret(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_all, scheme: string, user: string) => {
    const name = user.split(":")[0];
    return name ? `${scheme}${name}@` : scheme;
  });
}
