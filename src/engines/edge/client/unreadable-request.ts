import type { AnswerCode } from "../answers.ts";
import type { ExchangeRecord } from "../observe/exchange-record.ts";

/**
 * What is known of a request that could not be read, and was answered all the same: that there was one. Its method and target are
 * left out, since nobody can say where in the bytes they are.
 */
export function unreadableRequest(known: {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly tls: string | undefined;
  readonly status: number;
  readonly code: AnswerCode;
  readonly responseBytes: number;
}): ExchangeRecord {
  return {
    ...known,
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
  };
}
