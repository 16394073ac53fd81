import type { PartKind, SystemModel } from "../design/model.ts";
import type { RunEvent, State, SystemSnapshot } from "../run/index.ts";

/** One process of the system, as far as events have told. */
export interface Row {
  readonly part: string;
  readonly replica: string;
  readonly kind: PartKind;
  readonly state: State;
  /** When its present state began, in Unix milliseconds. */
  readonly sinceMs: number;
  /** When the present attempt to start it began. */
  readonly startedMs: number;
  /** How long its last start took; absent until it has been ready. */
  readonly tookMs?: number;
  /** The last lines that it wrote, oldest first. */
  readonly tail: readonly string[];
}

/** How many lines of a process are kept, to be shown when it fails. */
const TAIL_LINES = 5;

/**
 * What a view knows of a system: one row a process, in the order of the design, kept up to date by events. Applying an
 * event returns the row that it changed.
 */
export class Board {
  readonly #kinds = new Map<string, PartKind>();
  readonly #rows = new Map<string, Row>();
  #stopping = false;

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      this.#kinds.set(row.part, row.kind);
      this.#rows.set(row.replica, row);
    }
  }

  /** In the order of the design; the replicas of a part stand together, by number. */
  get rows(): readonly Row[] {
    const order = [...this.#kinds.keys()];
    return [...this.#rows.values()].sort(
      (one, other) => order.indexOf(one.part) - order.indexOf(other.part) || numberOf(one) - numberOf(other),
    );
  }

  apply(event: RunEvent): Row | undefined {
    if (event.type === "part") return this.#changeState(event.part, event.replica, event.state, event.timeMs);
    if (event.type === "log") return this.#keepLine(event.replica, event.text);
    if (event.type === "system") this.#stopping = event.state === "stopping" || event.state === "stopped";
    if (event.type === "scaled") this.#dropBeyond(event.part, event.replicas);
    return undefined;
  }

  #changeState(part: string, replica: string, state: State, timeMs: number): Row | undefined {
    // While the system runs, a process that is stopped makes way for a successor of the same name.
    if (!this.#stopping && (state.is === "stopping" || state.is === "stopped")) return undefined;
    const kind = this.#kinds.get(part) ?? "service";
    const before = this.#rows.get(replica) ?? newRow(part, replica, kind, timeMs);
    const begins = state.is === "starting" && before.state.is !== "starting";
    const ends = (state.is === "ready" || state.is === "done") && before.state.is !== state.is;
    const row: Row = {
      ...before,
      state,
      sinceMs: timeMs,
      startedMs: begins ? timeMs : before.startedMs,
      ...(ends ? { tookMs: timeMs - before.startedMs } : {}),
    };
    this.#rows.set(replica, row);
    return row;
  }

  #dropBeyond(part: string, replicas: number): void {
    for (const row of this.rows) {
      if (row.part === part && numberOf(row) > replicas) this.#rows.delete(row.replica);
    }
  }

  #keepLine(replica: string, text: string): Row | undefined {
    const before = this.#rows.get(replica);
    if (!before) return undefined;
    const row = { ...before, tail: [...before.tail, text].slice(-TAIL_LINES) };
    this.#rows.set(replica, row);
    return row;
  }
}

/** The board of a design that is about to start: everything waits. */
export function boardOfModel(model: SystemModel, nowMs: number): Board {
  return new Board(
    model.parts.flatMap((part) => {
      if ("url" in part && part.url !== undefined) return [];
      const replicas =
        part.kind === "service"
          ? Array.from({ length: part.replicas }, (_, index) => `${part.name}.${index + 1}`)
          : [part.name];
      return replicas.map((replica) => newRow(part.name, replica, part.kind, nowMs));
    }),
  );
}

/** The board of a system that runs. */
export function boardOfSnapshot(snapshot: SystemSnapshot): Board {
  return new Board(
    snapshot.parts.flatMap((part) =>
      part.replicas.map((replica) => ({
        ...newRow(part.name, replica.id, part.kind, replica.sinceMs),
        state: replica.state,
      })),
    ),
  );
}

/** The board of a system that is told to stop. */
export function stoppingBoard(snapshot: SystemSnapshot, nowMs: number): Board {
  const board = boardOfSnapshot(snapshot);
  board.apply({ type: "system", state: "stopping", timeMs: nowMs });
  return board;
}

function newRow(part: string, replica: string, kind: PartKind, timeMs: number): Row {
  const state: State = { is: "waiting", for: "its turn" };
  return { part, replica, kind, state, sinceMs: timeMs, startedMs: timeMs, tail: [] };
}

/** `shortener.2` is the second; an engine is the only one. */
function numberOf(row: Row): number {
  const number = Number(row.replica.slice(row.part.length + 1));
  return Number.isFinite(number) ? number : 0;
}
