import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import {
  encodeResponse,
  encodeStatus,
  RPC_CODE,
  type RpcStatus,
  type Signal,
} from "../../../../blocks/telemetry/otlp/index.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import { encodeGrpcMessage, frameOf, messageOfFrame, PREFIX_BYTES } from "./grpc-frame.ts";
import { statusOf } from "./http-request.ts";
import { BODY_BYTES_MAX, type Body, type Intake, unforeseen } from "./intake.ts";
import type { SenderGuard } from "./sender-guard.ts";

const SERVICES: readonly (readonly [string, Signal])[] = [
  ["trace.v1.TraceService", "traces"],
  ["metrics.v1.MetricsService", "metrics"],
  ["logs.v1.LogsService", "logs"],
];
const SIGNAL_BY_PATH: ReadonlyMap<string, Signal> = new Map(
  SERVICES.map(([name, signal]) => [`/opentelemetry.proto.collector.${name}/Export`, signal]),
);

/** How long a call may take, waiting included. */
const CALL_MS_MAX = 30_000;

const SESSION_OPTIONS = {
  settings: { maxConcurrentStreams: 32, maxHeaderListSize: 16 * 1024, initialWindowSize: 65_535 },
  maxHeaderListPairs: 64,
  maxSessionMemory: 8,
  maxOutstandingPings: 4,
  maxSessionInvalidFrames: 100,
};

export interface GrpcHost {
  readonly clock: Clock;
  readonly guard: SenderGuard;
  readonly intake: Intake;
}

/** Serves OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc) on a connection whose first bytes were put back. */
export function serveGrpc(socket: Socket, host: GrpcHost): ServerHttp2Session {
  // A client that ends its side has left.
  socket.allowHalfOpen = false;
  const session = performServerHandshake(socket, SESSION_OPTIONS);
  // The close that follows says all that matters.
  session.on("error", () => {});
  session.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const limit = host.clock.setTimer(CALL_MS_MAX, () => stream.close());
    limit.unref();
    stream.once("close", () => limit.cancel());
    void answerCall(stream, headers, host);
  });
  return session;
}

async function answerCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { guard, intake }: GrpcHost,
): Promise<void> {
  if (!/^application\/grpc(\+proto)?(;|$)/.test(headers["content-type"] ?? "")) {
    // As gRPC asks of a server; OTLP/HTTP is spoken over HTTP/1.1.
    if (!stream.destroyed) stream.respond({ ":status": 415 }, { endStream: true });
    return stop(stream);
  }
  const refusal = guard(headers);
  if (refusal) {
    const code = refusal.status === 401 ? RPC_CODE.unauthenticated : RPC_CODE.permissionDenied;
    return refuse(stream, { code, message: refusal.message });
  }
  const signal = SIGNAL_BY_PATH.get(headers[":path"] ?? "");
  if (!signal || headers[":method"] !== "POST")
    return refuse(stream, { code: RPC_CODE.unimplemented, message: "there is no such method here" });
  const coding = headers["grpc-encoding"] ?? "identity";
  if (coding !== "identity" && coding !== "gzip")
    return refuse(stream, { code: RPC_CODE.unimplemented, message: "messages are plain or gzip" });
  try {
    const outcome = await intake.take(signal, () => bodyOf(stream, signal, coding === "gzip"));
    if (!outcome) stop(stream);
    else if (outcome.kind === "refused") refuse(stream, statusOf(outcome));
    else accept(stream, encodeResponse(signal, "protobuf", outcome.partial));
  } catch (thrown) {
    refuse(stream, { code: RPC_CODE.internal, message: unforeseen(thrown) });
  }
}

/** Reads the call's one message; undefined when the client goes away before its end. */
async function bodyOf(
  stream: ServerHttp2Stream,
  signal: Signal,
  mayBeGzip: boolean,
): Promise<Body | "too-large" | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > BODY_BYTES_MAX + PREFIX_BYTES) return "too-large";
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (stream.aborted) return undefined;
  const message = messageOfFrame(Buffer.concat(chunks));
  // A tag that no field has: what is not one message is no request either, and is counted where those are.
  if (message === "malformed" || (message.isCompressed && !mayBeGzip))
    return { signal, encoding: "protobuf", isGzip: false, bytes: Uint8Array.of(0) };
  return { signal, encoding: "protobuf", isGzip: message.isCompressed, bytes: message.bytes };
}

function accept(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frameOf(message));
}

/** An answer without a message: its status stands in the head. */
function refuse(stream: ServerHttp2Stream, status: RpcStatus): void {
  if (stream.destroyed || stream.closed) return;
  const details = Buffer.from(encodeStatus("protobuf", status)).toString("base64").replace(/=+$/, "");
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(status.code),
      "grpc-message": encodeGrpcMessage(status.message),
      "grpc-status-details-bin": details,
    },
    { endStream: true },
  );
  stop(stream);
}

/** Whatever else the client wanted to send is not read; without an error, so that the answer stands (RFC 9113, section 8.1). */
function stop(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded && !stream.destroyed) stream.close();
}
