import type { IncomingMessage, ServerResponse } from "node:http";
import {
  CONTENT_TYPE,
  type Encoding,
  encodeResponse,
  encodeStatus,
  RPC_CODE,
  type RpcStatus,
  type Signal,
} from "../../../../blocks/telemetry/otlp/index.ts";
import { BODY_BYTES_MAX, type Body, type Intake, type Outcome, unforeseen } from "./intake.ts";
import type { SenderGuard } from "./sender-guard.ts";

const SIGNAL_BY_PATH: ReadonlyMap<string, Signal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/metrics", "metrics"],
  ["/v1/logs", "logs"],
]);

/** Answers one request of OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  { guard, intake }: { readonly guard: SenderGuard; readonly intake: Intake },
): Promise<void> {
  const encoding = encodingOf(request.headers["content-type"]);
  const refuse = (status: number, told: RpcStatus) => send(response, status, encoding ?? "json", told);
  const refusal = guard(request.headers);
  if (refusal) {
    const code = refusal.status === 401 ? RPC_CODE.unauthenticated : RPC_CODE.permissionDenied;
    return refuse(refusal.status, { code, message: refusal.message });
  }
  const signal = SIGNAL_BY_PATH.get((request.url ?? "").split("?", 1)[0] ?? "");
  if (!signal) {
    const message = `OTLP goes to ${[...SIGNAL_BY_PATH.keys()].join(", ")}`;
    return refuse(404, { code: RPC_CODE.unimplemented, message });
  }
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return refuse(405, { code: RPC_CODE.unimplemented, message: "OTLP is sent by POST" });
  }
  const coding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (!encoding || (coding !== "gzip" && coding !== "identity")) {
    const message = "a body is application/x-protobuf or application/json, plain or gzip";
    return refuse(415, { code: RPC_CODE.invalidArgument, message });
  }
  const form = { signal, encoding, isGzip: coding === "gzip" };
  try {
    const outcome = await intake.take(signal, () => bodyOf(request, form));
    if (outcome) answer(response, signal, encoding, outcome);
  } catch (thrown) {
    refuse(500, { code: RPC_CODE.internal, message: unforeseen(thrown) });
  }
}

/** Parameters, such as a charset, change nothing. */
function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPE.protobuf) return "protobuf";
  return type === CONTENT_TYPE.json ? "json" : undefined;
}

/** Reads the body to its end; undefined when the sender goes away before. */
async function bodyOf(
  request: IncomingMessage,
  form: Omit<Body, "bytes">,
): Promise<Body | "too-large" | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return "too-large";
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Left open when there is too much, since the answer goes out by the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) return "too-large";
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  const [first] = chunks;
  return { ...form, bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks) };
}

const STATUS_BY_REASON = { overload: 429, malformed: 400, "too-large": 413, unsupported: 400 } as const;

function answer(response: ServerResponse, signal: Signal, encoding: Encoding, outcome: Outcome): void {
  if (outcome.kind === "taken")
    sendBytes(response, 200, encoding, encodeResponse(signal, encoding, outcome.partial));
  else send(response, STATUS_BY_REASON[outcome.reason], encoding, statusOf(outcome));
}

/** A refusal in the words of `google.rpc.Status`. */
export function statusOf(outcome: Outcome & { readonly kind: "refused" }): RpcStatus {
  const { reason, message, retryAfterMs } = outcome;
  const isMalformed = reason === "malformed" || reason === "unsupported";
  const code = isMalformed ? RPC_CODE.invalidArgument : RPC_CODE.resourceExhausted;
  return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
}

function send(response: ServerResponse, status: number, encoding: Encoding, told: RpcStatus): void {
  if (told.retryAfterMs !== undefined)
    response.setHeader("retry-after", Math.max(1, Math.ceil(told.retryAfterMs / 1_000)));
  sendBytes(response, status, encoding, encodeStatus(encoding, told));
}

function sendBytes(response: ServerResponse, status: number, encoding: Encoding, bytes: Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  // What is left of a request that was refused is not read.
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status, {
    "content-type": CONTENT_TYPE[encoding],
    "content-length": bytes.length,
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  response.end(bytes);
}
