import { type ServerComplaint, SqlError } from "../errors.ts";

/*
 * PostgreSQL's protocol 3.0 (its manual, "Frontend/Backend Protocol"), as far as a simple query needs it.
 *
 *   startup  = length(4) version(4) { name NUL value NUL } NUL
 *   message  = type(1) length(4, itself included) body
 */

/** One message of the server. */
export interface ServerMessage {
  /** One ASCII character. */
  readonly type: string;
  readonly body: Buffer;
}

/** Longer messages are refused: none that this client asks for comes near. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

const PROTOCOL_3_0 = 196_608;
const HEAD_BYTES = 5;

/** The first message: who wants to talk to which database. */
export function encodeStartup(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [cString(name), cString(value)]);
  const body = Buffer.concat([...pairs, Buffer.alloc(1)]);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(PROTOCOL_3_0, 4);
  return Buffer.concat([head, body]);
}

/** `Q`: one string of statements. */
export function encodeQuery(sql: string): Buffer {
  return message("Q", cString(sql));
}

/** `p`: the chosen SASL mechanism and its first message. */
export function encodeSaslInitial(mechanism: string, data: string): Buffer {
  const bytes = Buffer.from(data);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return message("p", Buffer.concat([cString(mechanism), length, bytes]));
}

/** `p`: a further SASL message. */
export function encodeSaslResponse(data: string): Buffer {
  return message("p", Buffer.from(data));
}

/** `f`: the client has nothing to copy. */
export function encodeCopyFail(reason: string): Buffer {
  return message("f", cString(reason));
}

/** `X`: goodbye. */
export function encodeTerminate(): Buffer {
  return message("X", Buffer.alloc(0));
}

/** Cuts the server's bytes into messages, holding back at most one unfinished message. Throws `PROTOCOL`. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): ServerMessage[] {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const messages: ServerMessage[] = [];
    while (bytes.length >= HEAD_BYTES) {
      const length = bytes.readInt32BE(1);
      if (length < 4 || length > MESSAGE_BYTES_MAX)
        throw new SqlError("PROTOCOL", `a message of the server says it has ${length} bytes`);
      if (bytes.length < length + 1) break;
      messages.push({
        type: String.fromCharCode(bytes[0] ?? 0),
        body: bytes.subarray(HEAD_BYTES, length + 1),
      });
      bytes = bytes.subarray(length + 1);
    }
    this.#rest = bytes;
    return messages;
  }
}

/** `E`: { field(1) text NUL } NUL. Unknown fields are skipped, as the protocol asks. */
export function decodeComplaint(body: Buffer): ServerComplaint {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = endOfString(body, at + 1);
    fields.set(String.fromCharCode(body[at] ?? 0), body.toString("utf8", at + 1, end));
    at = end + 1;
  }
  const position = Number(fields.get("P"));
  const detail = fields.get("D");
  const hint = fields.get("H");
  return {
    message: fields.get("M") ?? "the server gives no reason",
    sqlState: fields.get("C") ?? "XX000",
    ...(Number.isInteger(position) && position > 0 ? { position } : {}),
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** `T`: count(2) { name NUL table(4) column(2) type(4) size(2) modifier(4) format(2) }. The names alone. */
export function decodeColumns(body: Buffer): string[] {
  const names: string[] = [];
  let at = 2;
  for (let left = readInt16(body, 0); left > 0; left--) {
    const end = endOfString(body, at);
    names.push(body.toString("utf8", at, end));
    at = end + 19;
    if (at > body.length) throw cutOff();
  }
  return names;
}

/** `D`: count(2) { length(4, -1 for NULL) bytes }, in the text format of simple queries. */
export function decodeRow(body: Buffer, columns: readonly string[]): Record<string, string | null> {
  const row: Record<string, string | null> = {};
  let at = 2;
  if (readInt16(body, 0) !== columns.length)
    throw new SqlError("PROTOCOL", "a row has another width than its head");
  for (const column of columns) {
    if (at + 4 > body.length) throw cutOff();
    const length = body.readInt32BE(at);
    at += 4;
    if (length < -1 || at + length > body.length) throw cutOff();
    row[column] = length === -1 ? null : body.toString("utf8", at, at + length);
    at += Math.max(0, length);
  }
  return row;
}

/** `R`: kind(4) rest. */
export function decodeAuthentication(body: Buffer): { kind: number; rest: Buffer } {
  if (body.length < 4) throw cutOff();
  return { kind: body.readInt32BE(0), rest: body.subarray(4) };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function cString(text: string): Buffer {
  // The protocol ends strings with NUL, so what follows one in the text would be read as something else.
  if (text.includes("\0")) throw new SqlError("PROTOCOL", "text for PostgreSQL cannot hold a NUL character");
  return Buffer.from(`${text}\0`);
}

function endOfString(body: Buffer, from: number): number {
  const end = body.indexOf(0, from);
  if (end < 0) throw cutOff();
  return end;
}

function readInt16(body: Buffer, at: number): number {
  if (body.length < at + 2) throw cutOff();
  return body.readInt16BE(at);
}

function cutOff(): SqlError {
  return new SqlError("PROTOCOL", "a message of the server is cut off");
}
