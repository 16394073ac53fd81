import type { Socket } from "node:net";
import type { SharedTimeouts } from "../../../blocks/time/index.ts";
import type { Answer } from "../answers.ts";
import { CONTINUE_WAIT_MS } from "../limits.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { UpstreamLink } from "../upstream/link.ts";
import type { LinkAsker, LinkClient, NoLink } from "../upstream/link-pool.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import { Attempt, type AttemptListener } from "./attempt.ts";
import type { DispatchListener, DispatchOptions } from "./dispatch-contract.ts";
import { EndpointSearch } from "./endpoint-search.ts";
import type { AnswerMessage } from "./messages.ts";
import { RecordedDispatch } from "./recorded-dispatch.ts";
import { hasBody, isReplayable } from "./request-head.ts";

/**
 * Brings one request to an endpoint of an upstream: chooses, waits for a connection, tries again where that is safe, and keeps the
 * deadlines until an answer begins.
 *
 * What is safe: whatever was not sent may be sent elsewhere. What may have been served is sent again only when it changes nothing
 * (GET, HEAD and OPTIONS without a body; PUT and DELETE where the route says so), as often as the route allows and the upstream's
 * budget of retries pays for. Nothing is sent again once a byte of the body is gone.
 */
export class Dispatch extends RecordedDispatch implements LinkAsker, AttemptListener {
  readonly switches: boolean;
  readonly client: LinkClient | undefined;
  readonly #listener: DispatchListener;
  /** Whether the endpoint counts the request as under way. */
  #isHeld = false;
  #isQueued = false;
  /** Whether an answer is under way that is a success unless it breaks off. */
  #succeeds = false;
  #timeouts: SharedTimeouts | undefined;
  #attempt: Attempt | undefined;
  readonly #search: EndpointSearch;
  #retried = 0;
  /** When the present part of the way began, or bytes moved last. */
  #sinceMs = 0;
  #someWereFull = false;

  constructor(options: DispatchOptions, listener: DispatchListener) {
    super(options);
    this.#listener = listener;
    this.#search = new EndpointSearch(options.facts);
    this.switches = options.switches;
    this.client = options.client;
  }

  /** Bytes of the request's body that were sent. */
  get requestBytes(): number {
    return this.#attempt?.body?.bytes ?? 0;
  }

  /** The value of the `Set-Cookie` that binds the client to the endpoint that has answered, where that is wanted. */
  get cookie(): string | undefined {
    return this.endpoint && this.#search.cookieFor(this.upstream, this.endpoint);
  }

  /** Whether the body waits for the word of an upstream, which may never come. */
  get holdsBody(): boolean {
    return this.#attempt?.body?.begun === false;
  }

  /** Whether the body was not sent whole. */
  get isSending(): boolean {
    return this.#attempt?.body?.ended === false;
  }

  /** Begins. */
  start(nowMs: number): void {
    const { fallsBack, runtime } = this.options;
    const otherwise = this.stay.enter(nowMs, fallsBack ? runtime.upstreams : undefined);
    if (!otherwise) {
      this.upstream.retries.deposit();
      this.#send(nowMs);
    } else if (otherwise.kind === "refused") this.#listener.onNoAnswer(otherwise.answer, false);
    else this.#listener.onFixedAnswer(otherwise.answer);
  }

  /** The answer is out, or the tunnel open: the upstream's part is over. */
  finish(): void {
    this.#stopTimer();
    this.#release();
    this.stay.leave();
  }

  /** The answer has broken off, or was given up because nothing more came. */
  broke(kind: "reset" | "timeout"): void {
    // One that began as a failure has been told of.
    if (this.#succeeds) this.endpoint?.broke(kind, this.nowMs() - this.sentAtMs);
    this.options.trace?.attemptBroke(kind);
    this.#succeeds = false;
    this.finish();
  }

  /** Nobody waits for an answer any more. */
  abandon(): void {
    this.#endAttempt();
    this.stay.leave();
  }

  /** Bytes moved: what waits has begun to wait now. */
  touched(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Looks at the deadlines, as long as no answer has begun. */
  sweep(nowMs: number): void {
    // Who waits for a connection is told by the pool when it has waited for long enough.
    if (this.#isQueued) return;
    const { limits } = this.options.runtime;
    const elapsedMs = nowMs - this.#sinceMs;
    const attempt = this.#attempt;
    if (!attempt || attempt.isConnecting) {
      if (elapsedMs <= limits.connectTimeoutMs) return;
      this.#failedToConnect(`took no connection in ${limits.connectTimeoutMs} ms`, nowMs);
      return;
    }
    const { body } = attempt;
    const { idleMs, responseMs } = this.options.route;
    if (body && !body.ended) {
      if (!body.begun) {
        if (elapsedMs > CONTINUE_WAIT_MS) this.onContinue();
      } else if (elapsedMs > (idleMs ?? limits.idleTimeoutMs)) {
        if (body.blocked) this.#late(nowMs, false);
        else this.#giveUp({ code: "REQUEST_TIMEOUT" }, true);
      }
    } else if (elapsedMs > (responseMs ?? limits.responseTimeoutMs)) this.#late(nowMs, false);
  }

  /** The time for one attempt, or for the answer, is up. */
  expired(): void {
    this.#timeouts = undefined;
    const nowMs = this.nowMs();
    const forOneAttempt = this.options.route.retries.perTryMs !== undefined;
    if (forOneAttempt && this.#attempt?.isConnecting) this.#sendElsewhere(this.#timedOut(nowMs), nowMs);
    else this.#late(nowMs, forOneAttempt);
  }

  /** The time for the whole exchange is up; the endpoint is to blame if all that was left was to answer. */
  outOfTime(ends: boolean): void {
    const attempt = this.#isQueued ? undefined : this.#attempt;
    if (attempt && !attempt.isConnecting && attempt.body?.ended !== false) this.#late(this.nowMs(), false);
    else this.#giveUp({ code: "GATEWAY_TIMEOUT" }, ends);
  }

  onLink(link: UpstreamLink): void {
    this.#isQueued = false;
    this.#sendOn(link, this.nowMs());
  }

  onNoLink(why: NoLink): void {
    this.#isQueued = false;
    const endpoint = this.#release();
    if (why === "elsewhere") this.#sendElsewhere(endpoint, this.nowMs());
    else this.#giveUp({ code: "OVERLOADED" });
  }

  onBodyActivity(): void {
    this.#listener.onBodyActivity();
  }

  onBodySent(): void {
    // An upstream may answer before it has all of the request.
    if (this.upstreamMs < 0) this.#startTimer();
    this.#listener.onBodySent();
  }

  onBodyTooLarge(): void {
    this.#listener.onBodyTooLarge();
  }

  onContinue(): void {
    const body = this.#attempt?.body;
    if (!body || body.begun || !this.options.head.expectsContinue) return;
    this.#listener.onContinue();
    body.begin();
  }

  onHint(link: string): void {
    this.#listener.onHint(link);
  }

  onResponse(answer: AnswerMessage): void {
    const { endpoint } = this;
    if (!endpoint) return;
    this.#stopTimer();
    const nowMs = this.nowMs();
    const { statusCode } = answer;
    this.upstreamMs = nowMs - this.sentAtMs;
    endpoint.answerBegan(statusCode, this.upstreamMs, nowMs);
    this.attemptTold(statusCode, undefined, this.upstreamMs, nowMs);
    this.#succeeds = statusCode < 500;
    const { retries } = this.options.route;
    if (retries.statuses?.has(statusCode)) {
      const other = this.#mayRepeat() ? this.#search.pick(this.upstream, nowMs, endpoint) : undefined;
      if (other && this.upstream.retries.withdraw(nowMs)) {
        answer.destroy();
        this.#endAttempt();
        this.#search.exclude(endpoint);
        this.#retried += 1;
        this.#sendTo(other, nowMs);
        return;
      }
    }
    this.stay.judge(statusCode >= 500, nowMs);
    this.#listener.onAnswer(answer);
  }

  onSwitched(answer: AnswerMessage, socket: Socket, rest: Buffer): void {
    const { endpoint } = this;
    if (!endpoint) {
      socket.destroy();
      return;
    }
    this.#stopTimer();
    const nowMs = this.nowMs();
    this.upstreamMs = nowMs - this.sentAtMs;
    endpoint.succeeded(101, this.upstreamMs, nowMs);
    this.attemptTold(101, undefined, this.upstreamMs, nowMs);
    this.stay.judge(false, nowMs);
    this.#listener.onSwitched(answer, endpoint, socket, rest);
  }

  onFailure(failure: UpstreamFailure): void {
    const reused = this.#attempt?.isReused ?? false;
    const nowMs = this.nowMs();
    const elapsedMs = nowMs - this.sentAtMs;
    switch (failure.kind) {
      case "unreachable":
        this.#failedToConnect(failure.reason, nowMs);
        return;
      case "shortage":
        this.#giveUp({ code: "OVERLOADED" });
        return;
      case "rubbish":
        this.attemptTold(0, "rubbish", elapsedMs, nowMs);
        this.#endAttempt()?.failed("rubbish", elapsedMs, nowMs);
        this.stay.judge(true, nowMs);
        this.#giveUp({ code: "BAD_GATEWAY", message: "The service's answer is not valid HTTP." });
        return;
      case "reset": {
        if (reused) this.options.trace?.attemptTold(0, "reset", nowMs);
        else this.attemptTold(0, "reset", elapsedMs, nowMs);
        const endpoint = this.#endAttempt();
        // A kept connection may have been closed just as the request was sent: its siblings are as old as it is.
        if (reused) endpoint?.closeIdle();
        else {
          endpoint?.failed("reset", elapsedMs, nowMs);
          if (endpoint) this.upstream.suspect(endpoint);
        }
        this.#repeat(endpoint, nowMs, { code: "BAD_GATEWAY" });
        return;
      }
    }
  }

  /** Sends the request to the endpoint whose turn it is; to `lastResort` when nobody else is left. */
  #send(nowMs: number, lastResort?: Endpoint): void {
    const endpoint =
      this.#search.pick(this.upstream, nowMs) ?? (lastResort?.admit(nowMs) ? lastResort : undefined);
    if (endpoint) this.#sendTo(endpoint, nowMs);
    else {
      // That the edge has its bounds says nothing against the upstream.
      if (!this.#someWereFull) this.stay.judge(true, nowMs);
      this.#giveUp({ code: this.#someWereFull ? "OVERLOADED" : "UPSTREAM_UNAVAILABLE" });
    }
  }

  #sendTo(endpoint: Endpoint, nowMs: number): void {
    this.endpoint = endpoint;
    this.#sinceMs = nowMs;
    endpoint.began();
    this.#isHeld = true;
    let link: ReturnType<Endpoint["links"]["take"]>;
    try {
      link = endpoint.links.take(this);
    } catch (thrown) {
      this.#failedToConnect(`cannot be connected to: ${String(thrown)}`, nowMs);
      return;
    }
    if (link === "queued") this.#isQueued = true;
    else if (link === "full") {
      this.#someWereFull = true;
      this.#sendElsewhere(this.#release(), nowMs);
    } else this.#sendOn(link, nowMs);
  }

  #sendOn(link: UpstreamLink, nowMs: number): void {
    const { runtime, request, head, target, bodyBytes } = this.options;
    this.attemptBegan(nowMs);
    this.#sinceMs = nowMs;
    const { headerBytes, headerFields } = runtime.limits;
    const { switches } = this;
    const options = { from: request, head, target, headerBytes, headerFields, bodyBytes, switches };
    this.#attempt = new Attempt(link, options, this);
    // How long a body takes is the client's affair: an endpoint is not to be blamed for that.
    if (!hasBody(head)) this.#startTimer();
  }

  #sendElsewhere(failed: Endpoint | undefined, nowMs: number, lastResort?: Endpoint): void {
    if (failed) this.#search.exclude(failed);
    this.#send(nowMs, lastResort);
  }

  /** Nothing was sent: whoever is left may have it. */
  #failedToConnect(reason: string, nowMs: number): void {
    this.attemptTold(0, "unreachable", nowMs - this.#sinceMs, nowMs);
    const endpoint = this.#endAttempt();
    endpoint?.failed("unreachable", nowMs - this.#sinceMs, nowMs, reason);
    this.#sendElsewhere(endpoint, nowMs);
  }

  /** No answer came in time: not in that for one attempt, which others may follow, or not in that for all of them. */
  #late(nowMs: number, forOneAttempt: boolean): void {
    const endpoint = this.#timedOut(nowMs);
    if (forOneAttempt) this.#repeat(endpoint, nowMs, { code: "GATEWAY_TIMEOUT" });
    else {
      this.stay.judge(true, nowMs);
      this.#giveUp({ code: "GATEWAY_TIMEOUT" });
    }
  }

  #timedOut(nowMs: number): Endpoint | undefined {
    this.attemptTold(0, "timeout", nowMs - this.sentAtMs, nowMs);
    const endpoint = this.#endAttempt();
    if (endpoint) {
      endpoint.failed("timeout", nowMs - this.sentAtMs, nowMs);
      this.upstream.suspect(endpoint);
    }
    return endpoint;
  }

  /** What may have been served is sent again, if that is safe; or else answered for. */
  #repeat(failed: Endpoint | undefined, nowMs: number, otherwise: Answer): void {
    if (this.#mayRepeat() && this.upstream.retries.withdraw(nowMs)) {
      this.#retried += 1;
      this.#sendElsewhere(failed, nowMs, failed);
      return;
    }
    this.stay.judge(true, nowMs);
    this.#giveUp(otherwise);
  }

  #mayRepeat(): boolean {
    const { route, head } = this.options;
    const { attempts, idempotent } = route.retries;
    return this.#retried < attempts && isReplayable(head, idempotent);
  }

  #giveUp(answer: Answer, ends = false): void {
    this.abandon();
    this.#listener.onNoAnswer(answer, ends);
  }

  /** Gives up the present attempt, or the wait for one, and returns the endpoint it was with. */
  #endAttempt(): Endpoint | undefined {
    this.#stopTimer();
    if (this.#isQueued) {
      this.#isQueued = false;
      this.endpoint?.links.leave(this);
    }
    this.#attempt?.stop();
    return this.#release();
  }

  #release(): Endpoint | undefined {
    if (!this.#isHeld) return undefined;
    this.#isHeld = false;
    this.attemptEnded();
    this.endpoint?.finished(this.#succeeds);
    this.#succeeds = false;
    return this.endpoint;
  }

  /** The request is sent: the time for its answer begins. */
  #startTimer(): void {
    const { runtime, route } = this.options;
    const delayMs = route.retries.perTryMs ?? route.responseMs;
    if (delayMs === undefined) return;
    this.#timeouts = runtime.timeouts.of(delayMs);
    this.#timeouts.start(this);
  }

  #stopTimer(): void {
    this.#timeouts?.stop(this);
    this.#timeouts = undefined;
  }
}
