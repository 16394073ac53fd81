import type { ServerSessionOptions } from "node:http2";

/** Requests at once on one connection of a client: what browsers are used to, and enough for a body of each to be held. */
export const CLIENT_STREAMS = 128;
/** What may arrive of one stream's body while nobody takes it; the same as on a connection of HTTP/1.1. */
const STREAM_WINDOW_BYTES = 65_535;
/** What may arrive on a connection ahead of being acknowledged. Never the narrow place: streams are bounded each for itself. */
export const CONNECTION_WINDOW_BYTES: number = 1024 * 1024;
/** Fields of a head. Twice what Node has by default, since clients part cookies into one field for each. */
const HEADER_PAIRS = 256;
/** Memory of one session, in MB: the windows of all its streams, both ways. Streams beyond it are refused. */
const SESSION_MEGABYTES = 16;

/**
 * How a client's session is bounded, where Node can do it. `headerBytes`: the bound on heads that are answered with 431; up to
 * twice that is read, so that it can be answered at all, and what is larger ends its stream. Header blocks in more than eight
 * CONTINUATION frames end the session (nghttp2's own bound).
 */
export function clientSessionOptions(headerBytes: number): ServerSessionOptions {
  return {
    settings: {
      maxConcurrentStreams: CLIENT_STREAMS,
      maxHeaderListSize: 2 * headerBytes,
      initialWindowSize: STREAM_WINDOW_BYTES,
      enableConnectProtocol: false,
    },
    maxHeaderListPairs: HEADER_PAIRS,
    maxSessionMemory: SESSION_MEGABYTES,
    // Frames that the edge sends on its own account and that wait for an answer.
    maxOutstandingPings: 4,
    // Empty DATA frames (CVE-2019-9518), and whatever else breaks the rules without harm.
    maxSessionInvalidFrames: 100,
    // Node counts these for as long as a session lives, and also turns down, without need, a stream that comes right behind the
    // reset of another when all places are taken.
    maxSessionRejectedStreams: 10_000,
    // Beyond what `FloodGuard` takes, which counts more than these.
    streamResetBurst: 1_000,
    streamResetRate: 100,
    // An answer's fields go on as they came, repeated ones too.
    strictSingleValueFields: false,
  } as ServerSessionOptions;
}
