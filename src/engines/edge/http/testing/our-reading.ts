import { readRequestHead } from "../../exchange/request-head.ts";
import { originForm, readTarget } from "../../routing/target.ts";
import { RequestParser, type RequestStart } from "../request-parser.ts";
import { ResponseParser } from "../response-parser.ts";
import type { Reading, ReadMessage } from "./read-message.ts";

const BOUNDS = { headerBytes: 16 * 1024, headerFields: 100 };
const HOP = { peerAddress: "192.0.2.1", trustedHops: 0, secure: false, clientFields: [], name: "edge" };

/** What the edge makes of the bytes of a client's connection, which come in these slices. */
export function ourRequests(slices: readonly Buffer[]): Reading {
  const parser = new RequestParser(BOUNDS);
  const reading: Reading = { messages: [], state: "open", wholeBytes: 0 };
  let bytes = 0;
  for (const slice of slices) {
    bytes += slice.length;
    parser.feed(slice);
    for (let event = parser.next(); event !== "more"; event = parser.next()) {
      const last = reading.messages.at(-1);
      if (event === "end") reading.wholeBytes = bytes - parser.rest.length;
      if (event === "failed") {
        reading.state = "refused";
        if (last && !last.isWhole) reading.messages.pop();
      } else if (event === "head" && parser.head) takeHead(reading, parser.head);
      else if (last) takeRest(last, event, parser);
      // Of a connection that is to be closed the rest is not looked at, but for the body of its last request.
      if (event === "end" && parser.head?.keepAlive === false) reading.state = "done";
      if (reading.state !== "open") return reading;
    }
    // The memory of a connection's readings is written over.
    slice.fill(0);
  }
  return reading;
}

function takeHead(reading: Reading, head: RequestStart): void {
  const { refusal, host } = readRequestHead(head.method, head.version, head.fields, HOP);
  const target = originForm(head.target, host, head.method);
  if (refusal || target === undefined || (target !== "*" && readTarget(target).kind === "refused")) {
    reading.state = "refused";
    return;
  }
  const message = { start: `${head.method} ${head.target}`, fields: head.fields, body: "", trailers: [] };
  reading.messages.push({ ...message, isWhole: false });
  // What follows is no longer HTTP, or not until it has been answered.
  if (head.upgrade !== undefined && head.method === "GET" && !head.hasBody) reading.state = "done";
}

function takeRest(message: ReadMessage, event: string, parser: RequestParser | ResponseParser): void {
  if (event === "body") message.body += parser.piece.toString("latin1");
  else if (event === "end") {
    message.isWhole = true;
    message.trailers = parser.trailers;
  }
}

/**
 * What the edge makes of what comes back over an upstream's connection, which ends behind these slices: all answers that come before
 * the answer, and it.
 */
export function ourAnswers(slices: readonly Buffer[], method: string): Reading {
  const parser = new ResponseParser();
  parser.begin(method, BOUNDS);
  const reading: Reading = { messages: [], state: "open", wholeBytes: 0 };
  let bytes = 0;
  for (const slice of slices) {
    bytes += slice.length;
    parser.feed(slice);
    for (let event = parser.next(); event !== "more"; event = parser.next()) {
      const last = reading.messages.at(-1);
      if (event === "end" || event === "interim") reading.wholeBytes = bytes - parser.rest.length;
      const { status, fields } = parser.head;
      const message = { start: String(status), fields, body: "", trailers: [] };
      switch (event) {
        case "failed":
          reading.state = "refused";
          if (last && !last.isWhole) reading.messages.pop();
          return reading;
        case "interim":
          reading.messages.push({ ...message, isWhole: true });
          break;
        case "switched":
          reading.messages.push({ ...message, isWhole: true });
          reading.state = "done";
          return reading;
        case "head":
          reading.messages.push({ ...message, isWhole: false });
          break;
        case "body":
        case "end":
          if (last) takeRest(last, event, parser);
      }
    }
    slice.fill(0);
  }
  const last = reading.messages.at(-1);
  if (parser.finish() && last) {
    last.isWhole = true;
    reading.wholeBytes = bytes;
  }
  reading.state = "done";
  return reading;
}
