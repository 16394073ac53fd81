import type {
  CacheModel,
  DatabaseModel,
  PartModel,
  ServiceModel,
  SystemModel,
} from "../../../design/model.ts";
import { formatDuration } from "../../../design/quantities/duration.ts";
import { formatSize } from "../../../design/quantities/size.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";

/** Something of a part that there can be more of. */
export interface Change {
  readonly part: string;
  readonly helps: readonly Need[];
  /** From the smallest step to the largest that is tried; never empty. */
  readonly steps: readonly Step[];
}

/** What a change can mend. */
export type Need = "load" | "availability" | "durability" | "disk";

export interface Step {
  /** As `--set` takes it: `front.workers=2`. */
  readonly set: string;
  /** How much of a change it is: 1 is as much again as there is now. */
  readonly size: number;
  /** It is one machine that gets larger, at a price that nothing states. */
  readonly isLarger: boolean;
}

/** The limits of the design language. */
const REPLICAS_MAX = 100;
const WORKERS_MAX = 64;
const MEMORY_MAX = 2 ** 40;
const CONCURRENCY_MAX = 1_000_000;
/** More of one thing than this is another design. */
const FACTOR_MAX = 64;
const MEMORY_FACTOR_MAX = 2 ** 12;
const DISK_MAX = 2 ** 50;
const DISK_FACTOR_MAX = 2 ** 12;
const DISK_DIGITS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const COPIES_MAX = 5;
const ZONES_MAX = 3;

const DAY_MS = 86_400_000;
/** How often data may be backed up, with how much of a change each is beside twice as many copies. */
const BACKUPS = [
  { everyMs: DAY_MS, size: 0.5 },
  { everyMs: DAY_MS / 24, size: 1 },
  { everyMs: DAY_MS / 288, size: 2 },
];

/** What there can be more of in a design, part by part. What stands outside is not ours to change. Pure. */
export function changesOf({ parts }: SystemModel, resolved: ResolvedSystem): readonly Change[] {
  const places = new Map(resolved.parts.map((part) => [part.name, part.places]));
  return parts
    .flatMap((part) =>
      part.kind === "task" || part.url !== undefined ? [] : changesOfPart(part, places.get(part.name) ?? 1),
    )
    .filter(({ steps }) => steps.length > 0);
}

function changesOfPart(part: Exclude<PartModel, { kind: "task" }>, places: number): readonly Change[] {
  const { name, plan } = part;
  const copies = (...helps: readonly Need[]) =>
    counted(`${name}.plan.copies`, { now: plan?.copies ?? 1, most: COPIES_MAX, helps });
  const zones = counted(`${name}.plan.zones`, {
    now: plan?.zones ?? 1,
    most: ZONES_MAX,
    helps: ["availability"],
  });
  switch (part.kind) {
    case "service":
      return [
        ...replicasOf(part),
        ...(plan?.concurrency === undefined ? [] : [concurrency(name, places)]),
        zones,
      ];
    case "edge":
      return [
        counted(`${name}.workers`, { now: part.workers, most: WORKERS_MAX, helps: ["load"] }),
        copies("load", "availability"),
        zones,
      ];
    case "cache":
      return [memory(part), copies("availability"), zones];
    case "database":
      return [
        concurrency(name, places),
        copies("availability", "durability"),
        backups(part),
        disk(part),
        zones,
      ];
  }
}

function replicasOf({ name, replicas, scaling }: ServiceModel): readonly Change[] {
  if (scaling === undefined)
    return [
      counted(`${name}.replicas`, { now: replicas, most: REPLICAS_MAX, helps: ["load", "availability"] }),
    ];
  const { min, max } = scaling;
  return [
    counted(`${name}.replicas.max`, { now: max, most: REPLICAS_MAX, helps: ["load"] }),
    counted(`${name}.replicas.min`, { now: min, most: max, helps: ["load", "availability"] }),
  ];
}

interface Counted {
  readonly now: number;
  readonly most: number;
  readonly helps: readonly Need[];
}

/** One by one. */
function counted(path: string, { now, most, helps }: Counted): Change {
  const steps: Step[] = [];
  const last = Math.min(most, now * FACTOR_MAX);
  for (let value = now + 1; value <= last; value++)
    steps.push({ set: `${path}=${value}`, size: value / now - 1, isLarger: false });
  return { part: partOf(path), helps, steps };
}

/** Places are of a machine or of a pool: they double. */
function concurrency(name: string, now: number): Change {
  return doubled(`${name}.plan.concurrency`, now, Math.min(CONCURRENCY_MAX, now * FACTOR_MAX), String);
}

function memory({ name, memoryBytes: now }: CacheModel): Change {
  const most = Math.min(MEMORY_MAX, now * MEMORY_FACTOR_MAX);
  return doubled(`${name}.memory`, now, most, (bytes) => formatSize(bytes).replace(" ", ""));
}

function doubled(path: string, now: number, most: number, text: (value: number) => string): Change {
  const steps: Step[] = [];
  for (let value = now * 2; value <= most; value *= 2)
    steps.push({ set: `${path}=${text(value)}`, size: value / now - 1, isLarger: true });
  return { part: partOf(path), helps: ["load"], steps };
}

function backups({ name, plan }: DatabaseModel): Change {
  const now = plan?.backupEveryMs ?? Number.POSITIVE_INFINITY;
  const steps = BACKUPS.filter(({ everyMs }) => everyMs < now).map(({ everyMs, size }) => ({
    set: `${name}.plan.backupEvery=${formatDuration(everyMs).replace(" ", "")}`,
    size,
    isLarger: false,
  }));
  return { part: name, helps: ["durability"], steps };
}

/** Sizes that a person would write. Of a disk that nothing states, no more can be had. */
function disk({ name, plan }: DatabaseModel): Change {
  const now = plan?.diskBytes ?? Number.POSITIVE_INFINITY;
  const steps: Step[] = [];
  for (let power = 1; power <= DISK_MAX; power *= 10)
    for (const digit of DISK_DIGITS) {
      const bytes = digit * power;
      if (bytes > now && bytes <= Math.min(DISK_MAX, now * DISK_FACTOR_MAX) && Number.isInteger(bytes))
        steps.push({
          set: `${name}.plan.disk=${formatSize(bytes).replace(" ", "")}`,
          size: bytes / now - 1,
          isLarger: true,
        });
    }
  return { part: name, helps: ["disk"], steps };
}

function partOf(path: string): string {
  return path.slice(0, path.indexOf("."));
}
