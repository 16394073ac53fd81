import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds } from "../bounds.ts";
import type { AnyValue, Attributes } from "../model.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/*
 * opentelemetry/proto/common/v1/common.proto:
 *
 *     KeyValue     { string key = 1; AnyValue value = 2 }
 *     AnyValue     { oneof: string 1; bool 2; int64 3; double 4; ArrayValue 5; KeyValueList 6; bytes 7 }
 *     ArrayValue   { repeated AnyValue values = 1 }
 *     KeyValueList { repeated KeyValue values = 1 }
 */

/** Reads one `KeyValue` into the bag. A name that is there keeps its value, and a full bag takes no more. Returns how many it holds. */
export function readAttribute(
  reader: ProtobufReader,
  bag: AttributeBag,
  held: number,
  bounds: DecodeBounds,
  depth = 0,
): number {
  const outer = reader.enter();
  if (held >= bounds.attributesMax) {
    reader.leave(outer);
    return held;
  }
  let key = "";
  let value: AnyValue = null;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10) key = reader.string();
    else if (tag === 18) value = readAnyValue(reader, bounds, depth);
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (bag[key] !== undefined) return held;
  bag[key] = value;
  return held + 1;
}

/** Reads one `AnyValue`, as a nested message. `depth`: how many lists and maps it stands in. */
export function readAnyValue(reader: ProtobufReader, bounds: DecodeBounds, depth = 0): AnyValue {
  const outer = reader.enter();
  let value: AnyValue = null;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10:
        value = reader.string();
        break;
      case 16:
        value = reader.varint() !== 0;
        break;
      case 24:
        value = reader.signed();
        break;
      case 33:
        value = reader.double();
        break;
      case 42:
        value = depth < bounds.depthMax ? readList(reader, bounds, depth + 1) : skipped(reader, tag);
        break;
      case 50:
        value = depth < bounds.depthMax ? readMap(reader, bounds, depth + 1) : skipped(reader, tag);
        break;
      case 58:
        // A copy: a view would hold the whole request.
        value = reader.view().slice();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return value;
}

function skipped(reader: ProtobufReader, tag: number): null {
  reader.skip(tag);
  return null;
}

function readList(reader: ProtobufReader, bounds: DecodeBounds, depth: number): readonly AnyValue[] {
  const outer = reader.enter();
  const list: AnyValue[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10 && list.length < bounds.attributesMax) list.push(readAnyValue(reader, bounds, depth));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return list;
}

function readMap(reader: ProtobufReader, bounds: DecodeBounds, depth: number): Attributes {
  const outer = reader.enter();
  const bag = new AttributeBag();
  let held = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10) held = readAttribute(reader, bag, held, bounds, depth);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return bag;
}

/** Writes attributes as `KeyValue`s of a field. */
export function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Attributes,
  depth = 0,
): void {
  const keys = Object.keys(attributes);
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    const mark = writer.mark();
    writeAnyValue(writer, 2, attributes[key] as AnyValue, depth);
    writer.string(1, key);
    writer.message(field, mark);
  }
}

/** Lists and maps within each other that are written; what lies deeper, or in a circle, goes out as nothing. */
const WRITTEN_DEPTH_MAX = 64;

/** Writes an `AnyValue`. Whole numbers that a double holds exactly go out as integers, all others as doubles. */
export function writeAnyValue(writer: ProtobufWriter, field: number, value: AnyValue, depth = 0): void {
  const mark = writer.mark();
  if (typeof value === "string") writer.string(1, value);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.signed(3, value);
    else writer.double(4, value);
  } else if (typeof value === "boolean") writer.bool(2, value);
  else if (value instanceof Uint8Array) writer.raw(7, value);
  else if (depth >= WRITTEN_DEPTH_MAX) {
    // Nothing.
  } else if (isList(value)) {
    const inner = writer.mark();
    for (let index = value.length - 1; index >= 0; index--)
      writeAnyValue(writer, 1, value[index] as AnyValue, depth + 1);
    writer.message(5, inner);
  } else if (value !== null && value !== undefined) {
    const inner = writer.mark();
    writeAttributes(writer, 1, value, depth + 1);
    writer.message(6, inner);
  }
  writer.message(field, mark);
}

/** `Array.isArray` does not tell a list that cannot be changed from the rest. */
function isList(value: AnyValue): value is readonly AnyValue[] {
  return Array.isArray(value);
}
