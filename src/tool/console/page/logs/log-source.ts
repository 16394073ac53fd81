import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { LogAnswer, LogEntry } from "../../../control-api/index.ts";
import { ApiError } from "../../model/api-error.ts";
import { EMPTY_BUFFER, type LogBuffer, withNewer, withOlder } from "../../model/log-buffer.ts";
import { entryMatcher, type LogFilter } from "../../model/log-filter.ts";
import { get, type QueryParams } from "../state/api.ts";
import { connection, onEntries, wantsEntries } from "../state/live.ts";
import { liveSpan, range } from "../state/range.ts";

const FIRST_PAGE = 500;
const PAGE = 500;
/** What waits while the list stands still; beyond, what came is searched for again. */
const WAITING_MAX = 2_000;
/** Between the search and the first entries on the stream there may be some that neither told of. */
const GAP_MS = 1_500;
/** A search that has run out of time goes on where it was, so often by itself. */
const EMPTY_PAGES_MAX = 4;

/** The entries that are looked at, as they stand. */
export interface LogSource {
  readonly buffer: LogBuffer;
  /** How many have come that are not shown. */
  readonly waiting: number;
  /** How many there were too many of to be sent. */
  readonly leftOut: number;
  readonly isLoading: boolean;
  readonly isLoadingOlder: boolean;
  readonly error: ApiError | undefined;
  readonly loadOlder: () => void;
  /** Shows what waits, and searches anew where that does not reach. */
  readonly showWaiting: () => void;
  readonly reload: () => void;
}

interface Standing {
  readonly buffer: LogBuffer;
  /** Where the next page of older ones ends. */
  readonly before: number | undefined;
  readonly waiting: readonly LogEntry[];
  readonly waitingCount: number;
  readonly leftOut: number;
  readonly isLoading: boolean;
  readonly isLoadingOlder: boolean;
  readonly error: ApiError | undefined;
}

const NOTHING: Standing = {
  buffer: EMPTY_BUFFER,
  before: undefined,
  waiting: [],
  waitingCount: 0,
  leftOut: 0,
  isLoading: true,
  isLoadingOlder: false,
  error: undefined,
};

/** Searches for entries of the range, and adds to them what comes live; while the list is held, what comes waits. */
export function useLogs(filter: LogFilter, isHeld: boolean): LogSource {
  const [state, setState] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const held = useRef(isHeld);
  held.current = isHeld;
  const now = useRef(state);
  now.current = state;
  const search = useRef<AbortController | undefined>(undefined);
  const isLive = liveSpan.value !== undefined;
  // A live range moves on by itself: what was found stays.
  const { fromMs, toMs } = range.peek();
  const time = isLive ? liveSpan.value : `${range.value.fromMs} ${range.value.toMs}`;
  const subject = JSON.stringify([filter, time, turn]);
  const params = useRef<QueryParams>({});

  useEffect(() => {
    const controller = new AbortController();
    search.current = controller;
    const { signal } = controller;
    params.current = {
      ...paramsOf(filter),
      fromMs: Math.floor(fromMs),
      ...(isLive ? {} : { toMs: Math.ceil(toMs) }),
    };
    setState(NOTHING);
    const ask = async (): Promise<void> => {
      try {
        const answer = await get<LogAnswer>(
          "/v1/logs/search",
          { ...params.current, limit: FIRST_PAGE },
          signal,
        );
        setState((before) => withAnswer(before, answer, held.current));
      } catch (error) {
        if (!signal.aborted)
          setState((before) => ({ ...before, isLoading: false, error: asApiError(error) }));
      }
    };
    void ask();
    const endLive = isLive ? followLive(filter, held, setState, ask) : () => {};
    return () => {
      controller.abort();
      endLive();
    };
  }, [subject]);

  const loadOlder = useCallback(() => {
    const { isLoading, isLoadingOlder, buffer } = now.current;
    if (isLoading || isLoadingOlder || !buffer.hasOlder || !search.current) return;
    setState((before) => ({ ...before, isLoadingOlder: true }));
    void pageOlder(now.current, params.current, search.current.signal, setState);
  }, []);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const showWaiting = useCallback(() => {
    const { waiting, waitingCount, buffer } = now.current;
    if (waitingCount > waiting.length || buffer.hasNewer) return reload();
    setState((before) => ({ ...before, ...added(before, before.waiting), waiting: [], waitingCount: 0 }));
  }, [reload]);
  const { buffer, waitingCount, leftOut, isLoading, isLoadingOlder, error } = state;
  return {
    buffer,
    waiting: waitingCount,
    leftOut,
    isLoading,
    isLoadingOlder,
    error,
    loadOlder,
    showWaiting,
    reload,
  };
}

function paramsOf({ parts, replica, level, text, traceId }: LogFilter): QueryParams {
  return { part: parts, replica, level, text, traceId };
}

type SetState = (change: (before: Standing) => Standing) => void;

/** Adds entries as they come, until the returned function is called. `fillGap` searches for those between the search and the stream. */
function followLive(
  filter: LogFilter,
  held: { readonly current: boolean },
  setState: SetState,
  fillGap: () => Promise<void>,
): () => void {
  const fits = entryMatcher(filter);
  const endWanting = wantsEntries();
  let isGapOpen = true;
  const closeGap = () => {
    if (!isGapOpen) return;
    isGapOpen = false;
    void fillGap();
  };
  const timer = setTimeout(closeGap, GAP_MS);
  const endConnection = connection.subscribe((is) => {
    if (is === "lost") isGapOpen = true;
  });
  const endEntries = onEntries((entries, leftOut) => {
    closeGap();
    const found = entries.filter(fits);
    if (found.length === 0 && leftOut === 0) return;
    setState((before) => withLive(before, found, leftOut, held.current));
  });
  return () => {
    clearTimeout(timer);
    endEntries();
    endConnection();
    endWanting();
  };
}

/** Takes up the newest page: the first, or one that closes a gap. */
function withAnswer(before: Standing, answer: LogAnswer, isHeld: boolean): Standing {
  const { entries, more } = answer;
  const told = { ...before, isLoading: false, error: undefined };
  const last = before.buffer.entries.at(-1)?.id;
  if (before.isLoading || last === undefined) {
    const buffer = withNewer({ entries, hasOlder: more, hasNewer: false }, before.buffer.entries);
    return { ...told, buffer, before: answer.next ?? entries[0]?.id };
  }
  const first = entries[0]?.id;
  const isHole = more && first !== undefined && first > last;
  // A page that does not reach to what is there leaves a hole: it takes its place, or waits until nobody reads there.
  if (isHole && !isHeld) {
    return { ...told, buffer: { entries, hasOlder: true, hasNewer: false }, before: answer.next ?? first };
  }
  if (isHole) return { ...told, waiting: [], waitingCount: before.waitingCount + entries.length };
  return before.buffer.hasNewer ? told : { ...told, ...added(before, entries) };
}

function withLive(before: Standing, found: readonly LogEntry[], leftOut: number, isHeld: boolean): Standing {
  const told = { ...before, leftOut: before.leftOut + leftOut };
  if (!isHeld && !before.buffer.hasNewer) return { ...told, ...added(before, found) };
  const room = Math.max(0, WAITING_MAX - before.waiting.length);
  return {
    ...told,
    waiting: room === 0 ? before.waiting : [...before.waiting, ...found.slice(0, room)],
    waitingCount: before.waitingCount + found.length,
  };
}

/** With newer ones; where older ones had to go for them, the way back begins at what is kept. */
function added(
  { buffer, before }: Standing,
  entries: readonly LogEntry[],
): Pick<Standing, "buffer" | "before"> {
  const next = withNewer(buffer, entries);
  const first = next.entries[0]?.id;
  return { buffer: next, before: first === buffer.entries[0]?.id ? before : first };
}

async function pageOlder(
  from: Standing,
  params: QueryParams,
  signal: AbortSignal,
  setState: SetState,
): Promise<void> {
  let cursor = from.before ?? from.buffer.entries[0]?.id;
  try {
    for (let pages = 0; ; pages++) {
      const answer = await get<LogAnswer>(
        "/v1/logs/search",
        { ...params, before: cursor, limit: PAGE },
        signal,
      );
      cursor = answer.next ?? answer.entries[0]?.id ?? cursor;
      if (answer.entries.length === 0 && answer.more && pages < EMPTY_PAGES_MAX) continue;
      const next = cursor;
      setState((before) => ({
        ...before,
        buffer: withOlder(before.buffer, answer.entries, answer.more),
        before: next,
        isLoadingOlder: false,
        error: undefined,
      }));
      return;
    }
  } catch (error) {
    if (!signal.aborted)
      setState((before) => ({ ...before, isLoadingOlder: false, error: asApiError(error) }));
  }
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("BROKEN", String(error), 0);
}
