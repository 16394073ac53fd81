import type { Clock } from "../../../../blocks/time/index.ts";
import type { LogAnswer, LogEntry, LogQuery } from "../../../control-api/index.ts";
import type { Stretch } from "./line-queue.ts";
import { LogFilter } from "./log-filter.ts";
import type { StoredLine } from "./stored-line.ts";

const LIMIT_DEFAULT = 200;
const LIMIT_MAX = 1_000;
/** A search that has found too little by then says how to go on. */
const SEARCH_MS_MAX = 2_000;
/** For so long it goes on at a stretch; then other work of the process has its turn. */
const TURN_MS_MAX = 10;
const LINES_BETWEEN_CLOCK_READINGS = 64;
/** Clocks of senders may be ahead by so much: an entry may bear a later time than that of its arrival, of which its id is made. */
const AHEAD_MS_MAX = 60_000;

/** Where lines come from, newest first: a part's in memory, then on disk. */
export interface LineSource {
  /** The next older stretch; undefined when there is none. */
  older(filter: LogFilter): Promise<Stretch | undefined>;
}

interface Reach {
  readonly source: LineSource;
  stretch: Stretch | undefined;
  /** The line to look at next. */
  at: number;
}

export interface SearchOptions {
  readonly clock: Clock;
  /** Ends the search, which then answers with what it has. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The newest entries that fit, merged from all sources by id. Looks at no more than it has to, in turns of 10 ms, for at most
 * 2 s; an answer that is not complete says from where to go on.
 */
export async function searchLines(
  sources: readonly LineSource[],
  query: LogQuery,
  { clock, signal }: SearchOptions,
): Promise<LogAnswer> {
  const filter = new LogFilter(query);
  const limit = Math.max(1, Math.min(LIMIT_MAX, query.limit ?? LIMIT_DEFAULT));
  const untilMs = clock.monotonicMs() + SEARCH_MS_MAX;
  let turnUntilMs = clock.monotonicMs() + TURN_MS_MAX;
  const reaches: Reach[] = sources.map((source) => ({ source, stretch: undefined, at: -1 }));
  for (const reach of reaches) await advance(reach, filter, query.before);
  const found: LogEntry[] = [];
  let lowest = query.before;
  for (let looked = 1; ; looked++) {
    const reach = newest(reaches);
    const line = reach && lineOf(reach);
    if (!reach || !line || isBefore(line, query.fromMs)) return { entries: found.reverse(), more: false };
    if (found.length >= limit) return { entries: found.reverse(), more: true, ...nextOf(lowest) };
    const entry = filter.entryOf(line);
    if (entry) found.push(entry);
    lowest = line.id;
    reach.at--;
    const isDone = reach.stretch !== undefined && reach.at < reach.stretch.from;
    if (isDone) await advance(reach, filter, query.before);
    if (!isDone && looked % LINES_BETWEEN_CLOCK_READINGS !== 0) continue;
    const nowMs = clock.monotonicMs();
    if (nowMs > untilMs || signal?.aborted) {
      return { entries: found.reverse(), more: true, ...nextOf(lowest) };
    }
    if (nowMs > turnUntilMs) {
      await new Promise((resolve) => setImmediate(resolve));
      turnUntilMs = clock.monotonicMs() + TURN_MS_MAX;
    }
  }
}

function nextOf(lowest: number | undefined): { next?: number } {
  return lowest === undefined ? {} : { next: lowest };
}

/** Whether a line and all that are older came too early. */
function isBefore(line: StoredLine, fromMs: number | undefined): boolean {
  return fromMs !== undefined && line.id / 1_000 < fromMs - AHEAD_MS_MAX;
}

/** Goes on to the next older stretch that holds a line before the id that was asked for. */
async function advance(reach: Reach, filter: LogFilter, before: number | undefined): Promise<void> {
  for (;;) {
    const stretch = await reach.source.older(filter);
    reach.stretch = stretch;
    if (!stretch) return;
    reach.at = before === undefined ? stretch.to - 1 : lastBefore(stretch, before);
    if (reach.at >= stretch.from) return;
  }
}

/** The place of the last line before an id; ids rise along a stretch. */
function lastBefore({ lines, from, to }: Stretch, before: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle]?.id ?? Number.POSITIVE_INFINITY) < before) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function newest(reaches: readonly Reach[]): Reach | undefined {
  let best: Reach | undefined;
  let bestId = Number.NEGATIVE_INFINITY;
  for (const reach of reaches) {
    const id = lineOf(reach)?.id;
    if (id !== undefined && id > bestId) {
      best = reach;
      bestId = id;
    }
  }
  return best;
}

function lineOf({ stretch, at }: Reach): StoredLine | undefined {
  return stretch?.lines[at];
}
