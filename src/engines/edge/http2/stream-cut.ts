import type { Http2Stream } from "node:http2";

/**
 * Breaks a stream off with RST_STREAM. Node's own `close` ends the sending side first, and what is under way then looks whole to
 * the other side: a DATA frame with END_STREAM goes out before the reset, or in its place. Nothing is ended here.
 */
export function cutStream(stream: Http2Stream, code: number): void {
  if (stream.destroyed) return;
  stream._final = (done) => done();
  stream.close(code);
  // What has arrived and was not read would keep it from going.
  stream.destroy();
}
