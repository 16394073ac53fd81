import type { Batch, Resource, Scope, Signal } from "./model.ts";
import { writeAttributes } from "./protobuf/attributes.ts";
import { writeLog } from "./protobuf/log-message.ts";
import { writeMetric } from "./protobuf/point-writing.ts";
import { ProtobufWriter } from "./protobuf/protobuf-writer.ts";
import { writeSpan } from "./protobuf/span-message.ts";
import type { ItemOf } from "./request.ts";

// Apart from the reading, which those who only tell have no use for.

/** Writes requests, over and over in the same memory. */
export interface RequestEncoder {
  /** A request of protobuf. Batches of one resource (the same object) that follow each other are told under it once. */
  encode<Of extends Signal>(signal: Of, batches: readonly Batch<ItemOf[Of]>[]): Uint8Array;
}

/** One that keeps its memory, as large as its largest request, for whoever exports again and again. */
export function requestEncoder(): RequestEncoder {
  const writer = new ProtobufWriter();
  const writers: { readonly [Of in Signal]: (writer: ProtobufWriter, item: ItemOf[Of]) => void } = {
    traces: writeSpan,
    metrics: writeMetric,
    logs: writeLog,
  };
  return {
    encode(signal, batches) {
      writeRequest(writer, batches, writers[signal]);
      return writer.finish();
    },
  };
}

/** Writes one request of protobuf. */
export function encodeRequest<Of extends Signal>(
  signal: Of,
  batches: readonly Batch<ItemOf[Of]>[],
): Uint8Array {
  return requestEncoder().encode(signal, batches);
}

/** The grammar stands in `protobuf/request-reading.ts`. */
function writeRequest<Item>(
  writer: ProtobufWriter,
  batches: readonly Batch<Item>[],
  write: (writer: ProtobufWriter, item: Item) => void,
): void {
  let index = batches.length - 1;
  while (index >= 0) {
    const { resource } = batches[index] as Batch<Item>;
    const mark = writer.mark();
    for (; index >= 0; index--) {
      const batch = batches[index] as Batch<Item>;
      if (batch.resource !== resource) break;
      const scope = writer.mark();
      for (let at = batch.items.length - 1; at >= 0; at--) {
        const item = writer.mark();
        write(writer, batch.items[at] as Item);
        writer.message(2, item);
      }
      writeScope(writer, batch.scope);
      writer.message(2, scope);
    }
    writeResource(writer, resource);
    writer.message(1, mark);
  }
}

function writeResource(writer: ProtobufWriter, resource: Resource): void {
  const mark = writer.mark();
  writeAttributes(writer, 1, resource.attributes);
  writer.message(1, mark);
}

function writeScope(writer: ProtobufWriter, scope: Scope): void {
  const mark = writer.mark();
  if (scope.version !== "") writer.string(2, scope.version);
  if (scope.name !== "") writer.string(1, scope.name);
  writer.message(1, mark);
}
