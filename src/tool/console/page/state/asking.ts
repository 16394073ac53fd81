import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../model/api-error.ts";
import { isVisible, nowMs } from "./clock.ts";
import { paused } from "./range.ts";

/** How an answer stands. `data` is the last one that came, which stays while another is asked for. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  /** Asks again now. */
  readonly reload: () => void;
}

export interface AskingOptions {
  /** Asks again so often, while the page is seen and not paused; default: only when the question changes. */
  readonly everyMs?: number;
  /** Asks nothing for now, and keeps the last answer: what is asked about is off the screen. */
  readonly isResting?: boolean;
}

/** Something to be asked. */
export interface Question<T> {
  /** What it is about: when that changes, the old answer is taken away and what is under way is stopped. */
  readonly subject: string;
  /** The question to the letter. While the subject stays, the old answer stays too, and what is under way is let finish. */
  readonly version: string;
  readonly ask: (signal: AbortSignal) => Promise<T>;
}

interface Asking {
  readonly subject: string;
  readonly version: string;
  readonly controller: AbortController;
}

interface Standing<T> {
  readonly subject: string | undefined;
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
}

/** Asks a question, and asks again when it changes. An undefined one asks nothing. */
export function useAsked<T>(question: Question<T> | undefined, options: AskingOptions = {}): Answer<T> {
  const [state, setState] = useState<Standing<T>>(NOTHING);
  const [turn, setTurn] = useState(0);
  const underWay = useRef<Asking | undefined>(undefined);
  const newest = useRef(question);
  newest.current = question;
  const isResting = !isVisible.value || options.isResting === true;
  const { everyMs } = options;
  // The beat is taken from the one clock, so that all questions of a view go out together and none while nobody looks.
  const beat = everyMs === undefined || paused.value || isResting ? 0 : Math.floor(nowMs.value / everyMs);
  const subject = question?.subject;
  const version = question?.version;

  useEffect(() => () => underWay.current?.controller.abort(), []);
  useEffect(() => {
    if (isResting || version === undefined) return;
    if (underWay.current?.subject === subject) return;
    underWay.current?.controller.abort();
    start();

    function start(): void {
      const what = newest.current;
      if (!what) return;
      const one = { subject: what.subject, version: what.version, controller: new AbortController() };
      underWay.current = one;
      setState((before) =>
        before.subject === one.subject
          ? { ...before, isLoading: true }
          : { ...NOTHING, subject: one.subject },
      );
      const finish = (data: T | undefined, error: ApiError | undefined): void => {
        if (underWay.current !== one || one.controller.signal.aborted) return;
        underWay.current = undefined;
        setState((before) => ({
          subject: one.subject,
          data: data ?? (before.subject === one.subject ? before.data : undefined),
          error,
          isLoading: false,
        }));
        // The time has moved on meanwhile: once more, so that the last question is answered too.
        if (newest.current?.subject === one.subject && newest.current.version !== one.version) start();
      };
      what.ask(one.controller.signal).then(
        (data) => finish(data, undefined),
        (error: unknown) => finish(undefined, asApiError(error)),
      );
    }
  }, [version, subject, isResting, beat, turn]);

  const isOther = state.subject !== subject;
  return {
    data: isOther ? undefined : state.data,
    error: isOther ? undefined : state.error,
    isLoading: isOther ? subject !== undefined : state.isLoading,
    reload: () => setTurn((before) => before + 1),
  };
}

const NOTHING = { subject: undefined, data: undefined, error: undefined, isLoading: true };

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("BROKEN", String(error), 0);
}
