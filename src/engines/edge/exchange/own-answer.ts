import { type Answer, answerParts } from "../answers.ts";
import { reasonPhrase } from "../http/reason-phrase.ts";
import { grpcAnswerParts, isGrpcRequest } from "../http2/grpc-answer.ts";
import type { CompiledAnswer } from "../routing/compiled-route.ts";
import type { SiteRoute } from "../runtime.ts";
import type { RequestMessage } from "./messages.ts";
import type { RequestHead } from "./request-head.ts";

/** An answer in the edge's own name, as it is sent. */
export interface OwnAnswer {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly fields: string[];
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** A refusal, in the envelope of errors; for a client of gRPC as gRPC's status. */
export function refusalOf(
  answer: Answer,
  request: RequestMessage,
  requestId: string,
  documentationUrl: string,
): OwnAnswer {
  const isGrpc = request.httpVersion === "2.0" && isGrpcRequest(request.rawHeaders);
  const parts = isGrpc
    ? grpcAnswerParts(answer, requestId)
    : answerParts(answer, requestId, documentationUrl);
  return { status: parts.status, reason: parts.reason, fields: parts.headers, body: parts.body };
}

/** What a route says itself, without an upstream; undefined when it leads to one. `target` is in origin form. */
export function routeAnswerOf(
  route: SiteRoute,
  target: string,
  head: RequestHead,
  requestId: string,
): OwnAnswer | undefined {
  if (route.answer) return fixedAnswer(route.answer, requestId);
  if (!route.redirect) return undefined;
  const { status, location } = route.redirect;
  const fields = ["Location", location(target, head.host), "Content-Length", "0", "X-Request-Id", requestId];
  return { status, reason: reasonPhrase(status), fields, body: NOTHING };
}

/** The same answer for every request, as one of a route or of a breaker's fallback. */
export function fixedAnswer({ status, fields, body }: CompiledAnswer, requestId: string): OwnAnswer {
  const reason = reasonPhrase(status);
  return { status, reason, fields: [...fields, "X-Request-Id", requestId], body };
}
