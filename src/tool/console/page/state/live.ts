import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type {
  Figures,
  LinkFigures,
  LiveEvent,
  LogEntry,
  Mark,
  PartFigures,
  RequirementStatus,
  SystemSnapshot,
} from "../../../control-api/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import { get, open } from "./api.ts";
import { setServerTime } from "./clock.ts";
import { key } from "./key.ts";
import { paused } from "./range.ts";
import { followStream } from "./stream.ts";

/** How the event stream stands: `lost` after it failed, until it is back. */
export type Connection = "connecting" | "open" | "lost";

const shown = {
  system: signal<SystemSnapshot | undefined>(undefined),
  design: signal<SystemModel | undefined>(undefined),
  figures: signal<Figures | undefined>(undefined),
  requirements: signal<readonly RequirementStatus[]>([]),
  marks: signal<readonly Mark[]>([]),
  connection: signal<Connection>("connecting"),
};

/** The system with its parts and replicas, as `trestle ps` has them. */
export const system: ReadonlySignal<SystemSnapshot | undefined> = shown.system;
/** The checked design that runs. */
export const design: ReadonlySignal<SystemModel | undefined> = shown.design;
/** The whole system's figures, new each second; `partFigures` and `linkFigures` tell of one alone. */
export const figures: ReadonlySignal<Figures | undefined> = shown.figures;
/** The requirements and how they are met. */
export const requirements: ReadonlySignal<readonly RequirementStatus[]> = shown.requirements;
/** Deaths, restarts, scalings, faults: by their beginning, the oldest first, at most 1,000. */
export const marks: ReadonlySignal<readonly Mark[]> = shown.marks;
export const connection: ReadonlySignal<Connection> = shown.connection;

const MARKS_MAX = 1_000;

/** What came last, whether it is shown or not: a pause holds it back, and its end shows it. */
const latest: { figures?: Figures; requirements?: readonly RequirementStatus[]; system?: SystemSnapshot } =
  {};

const parts = new Map<string, { text: string; of: ReturnType<typeof signal<PartFigures | undefined>> }>();
const links = new Map<string, { text: string; of: ReturnType<typeof signal<LinkFigures | undefined>> }>();

/** One part's figures; whoever reads it is told when they have changed, and not each second. */
export function partFigures(name: string): ReadonlySignal<PartFigures | undefined> {
  return entryOf(parts, name, () => figures.peek()?.parts.find((one) => one.name === name)).of;
}

/** The figures of one part's use of another. */
export function linkFigures(from: string, to: string): ReadonlySignal<LinkFigures | undefined> {
  const find = () => figures.peek()?.links.find((one) => one.from === from && one.to === to);
  return entryOf(links, linkKey(from, to), find).of;
}

function linkKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

type Entries<T> = Map<string, { text: string; of: ReturnType<typeof signal<T | undefined>> }>;

function entryOf<T>(entries: Entries<T>, name: string, find: () => T | undefined) {
  const there = entries.get(name);
  if (there) return there;
  const found = find();
  const made = { text: JSON.stringify(found), of: signal<T | undefined>(found) };
  entries.set(name, made);
  return made;
}

function spread<T>(entries: Entries<T>, items: readonly T[], nameOf: (item: T) => string): void {
  const seen = new Set<string>();
  for (const item of items) {
    const name = nameOf(item);
    seen.add(name);
    const entry = entryOf<T>(entries, name, () => undefined);
    const text = JSON.stringify(item);
    if (text === entry.text) continue;
    entry.text = text;
    entry.of.value = item;
  }
  for (const [name, entry] of entries) {
    if (seen.has(name) || entry.of.peek() === undefined) continue;
    entry.text = "";
    entry.of.value = undefined;
  }
}

function showFigures(next: Figures): void {
  batch(() => {
    shown.figures.value = next;
    spread(parts, next.parts, (part) => part.name);
    spread(links, next.links, (link) => linkKey(link.from, link.to));
  });
}

/** Shows what is the latest, unless the page is paused and there is something to stand still. */
function refresh(): void {
  const isHeld = paused.peek();
  batch(() => {
    if (latest.figures && latest.figures !== figures.peek() && !(isHeld && figures.peek()))
      showFigures(latest.figures);
    if (latest.system && !(isHeld && system.peek())) shown.system.value = latest.system;
    if (latest.requirements && !(isHeld && requirements.peek().length > 0))
      shown.requirements.value = latest.requirements;
  });
}

function addMarks(added: readonly Mark[]): void {
  if (added.length === 0) return;
  const byId = new Map(marks.peek().map((mark) => [mark.id, mark]));
  for (const mark of added) byId.set(mark.id, mark);
  shown.marks.value = [...byId.values()].sort((one, other) => one.fromMs - other.fromMs).slice(-MARKS_MAX);
}

// ---- entries of logs ----

type EntryListener = (entries: readonly LogEntry[], leftOut: number) => void;
const listeners = new Set<EntryListener>();
const wanted = signal(0);
const path = computed(() => (wanted.value > 0 ? "/v1/live?logs=true" : "/v1/live"));

/** Asks for log entries on the stream, until the returned function is called. Entries cost: nobody who does not show them should ask. */
export function wantsEntries(): () => void {
  let isOver = false;
  wanted.value++;
  return () => {
    if (isOver) return;
    isOver = true;
    wanted.value--;
  };
}

/** Is told of entries as they come, paused or not; `leftOut` of them were too many to send. Returns how to end it. */
export function onEntries(listener: EntryListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// ---- the stream ----

function take(event: LiveEvent): void {
  switch (event.type) {
    case "figures":
      setServerTime(event.figures.timeMs);
      latest.figures = event.figures;
      refresh();
      return;
    case "requirements":
      latest.requirements = event.requirements;
      refresh();
      return;
    case "mark":
      addMarks([event.mark]);
      return;
    case "entries":
      for (const listener of listeners) listener(event.entries, event.leftOut);
      return;
    case "event":
      // A step of one replica changes the picture of the whole; it is drawn anew, soon, once for all that happens together.
      if (event.event.type !== "notice") askSystemSoon();
  }
}

let isAskingSystem = false;

function askSystemSoon(): void {
  if (isAskingSystem) return;
  isAskingSystem = true;
  setTimeout(() => {
    isAskingSystem = false;
    void fillIn(["system", "design"]);
  }, 300);
}

type Filled = "system" | "design" | "figures" | "requirements" | "marks";

const FILLS: Readonly<Record<Filled, () => Promise<void>>> = {
  system: async () => {
    latest.system = await get<SystemSnapshot>("/v1/system");
  },
  design: async () => {
    const next = await get<SystemModel>("/v1/design");
    if (JSON.stringify(next) !== JSON.stringify(design.peek())) shown.design.value = next;
  },
  figures: async () => {
    latest.figures = await get<Figures>("/v1/figures");
  },
  requirements: async () => {
    latest.requirements = (await get<{ data: readonly RequirementStatus[] }>("/v1/requirements")).data;
  },
  marks: async () => {
    addMarks((await get<{ data: readonly Mark[] }>("/v1/marks")).data);
  },
};

/** Asks for what a stream does not tell, or told before it was opened. What fails is asked again when the stream is opened again. */
async function fillIn(what: readonly Filled[]): Promise<void> {
  await Promise.allSettled(
    what.map(async (one) => {
      await FILLS[one]();
      refresh();
    }),
  );
}

/** Keeps the stream open for as long as there is a key. Called once. */
export function startLive(): void {
  effect(() => {
    if (!paused.value) refresh();
  });
  effect(() => {
    if (key.value === undefined) return;
    const { value } = path;
    return followStream<LiveEvent>({
      open: (signal) => open(value, { headers: { accept: "text/event-stream" } }, signal),
      onOpen: () => {
        shown.connection.value = "open";
        void fillIn(["system", "design", "figures", "requirements", "marks"]);
      },
      onLost: () => {
        shown.connection.value = "lost";
      },
      onEvent: take,
    });
  });
}
