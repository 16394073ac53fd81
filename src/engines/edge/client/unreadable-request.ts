import type { Socket } from "node:net";
import { type Answer, answerBytes, answerParts } from "../answers.ts";
import type { RequestProblem } from "../http/request-parser.ts";
import type { ExchangeRecord } from "../observe/exchange-record.ts";
import type { EdgeRuntime } from "../runtime.ts";
import type { Peer } from "./peer.ts";

/** What a client is told of what the parser found. */
export function answerTo(problem: RequestProblem): Answer {
  switch (problem) {
    case "head-too-large":
      return { code: "HEADERS_TOO_LARGE" };
    case "too-many-fields":
      return { code: "HEADERS_TOO_LARGE", message: "The request has too many header fields." };
    case "line-too-long":
      return { code: "URI_TOO_LONG" };
    case "method-too-long":
      return { code: "NOT_IMPLEMENTED", message: "No method has a name as long as this." };
    case "other-version":
      return { code: "HTTP_VERSION_NOT_SUPPORTED" };
    case "extensions-too-large":
      return { code: "BODY_TOO_LARGE", message: "The request's chunk extensions are too large." };
    case "malformed":
      return { code: "BAD_REQUEST" };
  }
}

/** Answers a request that could not be read, ends the connection, and tells that there was one. */
export function refuseUnreadable(answer: Answer, socket: Socket, peer: Peer, runtime: EdgeRuntime): void {
  const { requestIds, documentationUrl, observer } = runtime;
  const requestId = requestIds.next();
  const parts = answerParts(answer, requestId, documentationUrl);
  socket.end(answerBytes(parts), () => socket.destroy());
  observer?.exchangeDone({
    ...UNREADABLE,
    requestId,
    clientAddress: peer.address,
    tls: peer.tls,
    status: parts.status,
    code: answer.code,
    responseBytes: parts.body.length,
  });
}

/** What is known of all of them. Method and target are left out, since nobody can say where in the bytes they are. */
const UNREADABLE = {
  outcome: "own",
  method: "",
  target: "",
  host: undefined,
  version: "1.1",
  route: undefined,
  upstream: undefined,
  endpoint: undefined,
  attempts: 0,
  requestBytes: 0,
  durationMs: 0,
  upstreamMs: -1,
  trace: undefined,
} as const satisfies Partial<ExchangeRecord>;
