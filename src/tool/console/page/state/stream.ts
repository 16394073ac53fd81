import { eventStreamReader } from "../../model/event-stream.ts";

export interface StreamOptions<Event> {
  readonly open: (signal: AbortSignal) => Promise<Response>;
  readonly onOpen: () => void;
  /** It failed or ended; it is tried again. */
  readonly onLost: () => void;
  readonly onEvent: (event: Event) => void;
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 10_000;
/** Figures come each second: after so long without a byte the connection is dead, whatever TCP thinks. */
const SILENCE_MS_MAX = 15_000;

/** Reads a stream of server-sent events whose data is JSON, and opens it again whenever it ends. Returns how to stop. */
export function followStream<Event>(options: StreamOptions<Event>): () => void {
  const whole = new AbortController();
  let waitMs = WAIT_MS_MIN;
  let wake: (() => void) | undefined;
  // A laptop that wakes up, or a network that comes back, need not wait for the next attempt.
  const hurry = () => wake?.();
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);

  const attempt = async (): Promise<void> => {
    const one = new AbortController();
    const stop = () => one.abort();
    whole.signal.addEventListener("abort", stop);
    let silence = setTimeout(stop, SILENCE_MS_MAX);
    try {
      const response = await options.open(one.signal);
      if (!response.ok || !response.body) return;
      options.onOpen();
      const read = eventStreamReader();
      const decoder = new TextDecoder();
      for (const reader = response.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE_MS_MAX);
        waitMs = WAIT_MS_MIN;
        for (const { data } of read(decoder.decode(value, { stream: true })))
          options.onEvent(JSON.parse(data) as Event);
      }
    } catch {
      // Whatever ended it, the answer is the same: say so and try again.
    } finally {
      clearTimeout(silence);
      one.abort();
      whole.signal.removeEventListener("abort", stop);
    }
  };

  const run = async (): Promise<void> => {
    while (!whole.signal.aborted) {
      await attempt();
      if (whole.signal.aborted) return;
      options.onLost();
      // Spread a little: pages that lost one supervisor together do not come back in one instant.
      const pauseMs = waitMs * (0.75 + Math.random() / 2);
      waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  };
  void run();
  return () => {
    whole.abort();
    hurry();
    removeEventListener("online", hurry);
    document.removeEventListener("visibilitychange", hurry);
  };
}
