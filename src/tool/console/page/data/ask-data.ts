import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../model/api-error.ts";
import { partPath, post } from "../state/api.ts";
import { type Answer, type AskingOptions, useAsked } from "../state/asking.ts";

/** Asks a part by a verb. */
export function askData<T>(part: string, verb: string, input: object, signal?: AbortSignal): Promise<T> {
  return post<T>(partPath(part, `data/${encodeURIComponent(verb)}`), input, signal);
}

/** Asks a part by a verb and follows it. An undefined input asks nothing. */
export function useData<T>(
  part: string,
  verb: string,
  input: object | undefined,
  options: AskingOptions = {},
): Answer<T> {
  const subject = JSON.stringify([part, verb, input]);
  return useAsked(
    input
      ? { subject, version: subject, ask: (signal: AbortSignal) => askData<T>(part, verb, input, signal) }
      : undefined,
    options,
  );
}

/** Pages that were asked for one after the other. */
export interface Pages<Page> {
  readonly pages: readonly Page[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  /** Asks for the next one; undefined at the end. */
  readonly more: (() => void) | undefined;
  /** Begins anew. */
  readonly reload: () => void;
}

interface Standing<Page> {
  readonly subject: string;
  readonly pages: readonly Page[];
  readonly isLoading: boolean;
  readonly error?: ApiError;
  readonly isEnd: boolean;
}

/** Asks for a first page whenever `subject` changes, and for those behind it when told to. `ask` returns undefined at the end. */
export function usePages<Page>(
  subject: string,
  ask: (before: Page | undefined, signal: AbortSignal) => Promise<Page>,
  isLast: (page: Page) => boolean,
): Pages<Page> {
  const [state, setState] = useState<Standing<Page>>(() => begun(subject));
  const [turn, setTurn] = useState(0);
  const newest = useRef({ ask, isLast });
  newest.current = { ask, isLast };
  const underWay = useRef<AbortController | undefined>(undefined);

  const load = useCallback(
    (before: readonly Page[]) => {
      underWay.current?.abort();
      const controller = new AbortController();
      underWay.current = controller;
      setState({ subject, pages: before, isLoading: true, isEnd: false });
      newest.current.ask(before.at(-1), controller.signal).then(
        (page) => {
          if (controller.signal.aborted) return;
          setState({
            subject,
            pages: [...before, page],
            isLoading: false,
            isEnd: newest.current.isLast(page),
          });
        },
        (error: unknown) => {
          if (controller.signal.aborted) return;
          const told = error instanceof ApiError ? error : new ApiError("BROKEN", String(error), 0);
          setState({ subject, pages: before, isLoading: false, error: told, isEnd: false });
        },
      );
    },
    [subject],
  );
  useEffect(() => {
    load([]);
    return () => underWay.current?.abort();
  }, [load, turn]);

  const shown = state.subject === subject ? state : begun<Page>(subject);
  return {
    pages: shown.pages,
    isLoading: shown.isLoading,
    error: shown.error,
    more: shown.isEnd || shown.isLoading ? undefined : () => load(shown.pages),
    reload: () => setTurn((before) => before + 1),
  };
}

function begun<Page>(subject: string): Standing<Page> {
  return { subject, pages: [], isLoading: true, isEnd: false };
}
