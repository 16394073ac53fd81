import type { Upstream } from "../upstream/upstream.ts";
import type { Watched } from "../watch.ts";
import { CopiedRequest, TeedRequest } from "./copied-request.ts";
import { Dispatch } from "./dispatch.ts";
import type { DispatchListener, DispatchOptions } from "./dispatch-contract.ts";
import type { AnswerMessage } from "./messages.ts";
import { hasBody } from "./request-head.ts";

/** An answer that nobody waits for may take this long to come whole. */
const ANSWER_MS = 30_000;

/**
 * Sends a copy of a request to another upstream, and drops what it answers: the client hears nothing of it, be the copy slow, refused or
 * lost. A copy is sent once, and to that upstream alone, whatever the route and the upstream say of retries and fallbacks. Returns the
 * request that is to be read instead, if it has a body, which is copied as it is read. Upgrades, and requests whose body waits for
 * the word of an upstream, are not copied.
 */
export function mirrored(to: Upstream, options: DispatchOptions): TeedRequest | undefined {
  const { request, head } = options;
  if (options.switches || head.expectsContinue) return undefined;
  const withBody = hasBody(head);
  const copy = new CopiedRequest(request, withBody, options.runtime.copies);
  // The copy is part of the trace, but no step of the way to the answer, and is not told as one.
  new Mirror({ ...options, upstream: to, client: undefined, fallsBack: false, trace: undefined }, copy);
  return withBody ? new TeedRequest(request, copy) : undefined;
}

class Mirror implements DispatchListener, Watched {
  readonly #options: DispatchOptions;
  readonly #copy: CopiedRequest;
  readonly #dispatch: Dispatch;
  #sinceMs: number;
  #answer: AnswerMessage | undefined;

  constructor(options: DispatchOptions, copy: CopiedRequest) {
    const { runtime, route, head } = options;
    const nowMs = runtime.clock.monotonicMs();
    this.#sinceMs = nowMs;
    this.#copy = copy;
    // Its deadlines are looked at by the watch alone: a timer of its own could outlive the edge, which waits for no copy.
    const retries = { ...route.retries, attempts: 0, statuses: undefined, perTryMs: undefined };
    this.#options = {
      ...options,
      request: copy,
      route: { ...route, responseMs: undefined, retries },
      head: { ...head, fields: [...head.fields] },
    };
    this.#dispatch = new Dispatch(this.#options, this);
    runtime.watch.add(this);
    copy.onLost = () => this.#end();
    this.#dispatch.start(nowMs);
  }

  sweep(nowMs: number): void {
    if (!this.#answer) this.#dispatch.sweep(nowMs);
    else if (nowMs - this.#sinceMs > ANSWER_MS) this.#end();
  }

  onAnswer(answer: AnswerMessage): void {
    this.#answer = answer;
    this.#sinceMs = this.#options.runtime.clock.monotonicMs();
    answer.listen({
      onData() {},
      onPause() {},
      onEnd: () => this.#over(),
      onBroken: () => this.#broke(),
    });
  }

  onSwitched(_answer: AnswerMessage, _endpoint: unknown, socket: { destroy(): unknown }): void {
    socket.destroy();
    this.#over();
  }

  onNoAnswer(): void {
    this.#forget();
  }

  onFixedAnswer(): void {
    this.#forget();
  }

  onBodyTooLarge(): void {
    this.#end();
  }

  onBodyActivity(): void {
    this.#dispatch.touched(this.#options.runtime.clock.monotonicMs());
  }

  onBodySent(): void {}
  onContinue(): void {}
  onHint(): void {}

  #over(): void {
    if (this.#dispatch.isSending) this.#dispatch.abandon();
    else this.#dispatch.finish();
    this.#forget();
  }

  #broke(): void {
    this.#dispatch.broke("reset");
    this.#forget();
  }

  #end(): void {
    this.#answer?.destroy();
    this.#dispatch.abandon();
    this.#forget();
  }

  #forget(): void {
    this.#copy.destroy();
    this.#options.runtime.watch.delete(this);
  }
}
