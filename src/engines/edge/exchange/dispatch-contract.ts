import type { Socket } from "node:net";
import type { Answer } from "../answers.ts";
import type { FactSources } from "../balancing/request-facts.ts";
import type { FixedAnswerConfig } from "../config/index.ts";
import type { EdgeRuntime, SiteRoute } from "../runtime.ts";
import type { ExchangeTrace } from "../trace/exchange-trace.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { LinkClient } from "../upstream/link-pool.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { AnswerMessage, RequestMessage } from "./messages.ts";
import type { BodyListener } from "./request-body.ts";
import type { RequestHead } from "./request-head.ts";

/** What is sent, and where to. */
export interface DispatchOptions {
  readonly runtime: EdgeRuntime;
  readonly route: SiteRoute;
  readonly upstream: Upstream;
  readonly request: RequestMessage;
  readonly head: RequestHead;
  /** What the request says that it can be told apart by; asked only where an upstream looks at that. */
  readonly facts: () => FactSources;
  /** As the upstream is to see it, in origin form. */
  readonly target: string;
  readonly bodyBytes: number;
  /** Whether the client asks for another protocol. */
  readonly switches: boolean;
  readonly client: LinkClient | undefined;
  /** Whether it is sent to the breaker's fallback where the upstream is spared. */
  readonly fallsBack: boolean;
  /** Told of each attempt. */
  readonly trace: ExchangeTrace | undefined;
}

/** Told what becomes of a dispatch; never after it was abandoned. */
export interface DispatchListener extends BodyListener {
  /** An upstream's answer has begun, and is the listener's: `finish` or `abandon` follows. */
  onAnswer(answer: AnswerMessage): void;
  /** The protocol was switched: the connection is the client's and the upstream's from here on. */
  onSwitched(answer: AnswerMessage, endpoint: Endpoint, socket: Socket, rest: Buffer): void;
  /** No upstream will answer: the edge has to. `ends`: what follows on the client's connection cannot be trusted. */
  onNoAnswer(answer: Answer, ends: boolean): void;
  /** The upstream is spared, and this is what is said instead. */
  onFixedAnswer(answer: FixedAnswerConfig): void;
  /** The upstream would have the body: `100 Continue`. */
  onContinue(): void;
  /** The upstream would have the client load this early (RFC 8297). */
  onHint(link: string): void;
}
