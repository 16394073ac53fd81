import type { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./span.ts";

/** Which span is under way, through everything that is awaited within it. */
export interface ActiveSpan {
  /** Undefined outside of any. */
  current(): Span | undefined;
  /** Calls `work` with the span as the one under way, for that and for all that it starts. */
  run<T>(span: Span, work: () => T): T;
}

/** What is followed by the runtime's own `AsyncLocalStorage`; loaded with the first span, as programs without any do without it. */
export function followedByRuntime(): ActiveSpan {
  let storage: AsyncLocalStorage<Span> | undefined;
  return {
    current: () => storage?.getStore(),
    run(span, work) {
      if (storage === undefined) {
        const { AsyncLocalStorage: Storage } = process.getBuiltinModule("node:async_hooks");
        storage = new Storage<Span>();
      }
      return storage.run(span, work);
    },
  };
}
