/** Spans and log records of OTLP/JSON. The messages' fields are told in `protobuf/span-message.ts` and `log-message.ts`. Pure. */

import type { DecodeBounds } from "../bounds.ts";
import { idOfText } from "../ids.ts";
import type { LogData, SpanData, SpanEvent, SpanLink } from "../model.ts";
import { EVENT_NAME, severityOf } from "../protobuf/log-message.ts";
import { kindOf, statusOf } from "../protobuf/span-message.ts";
import {
  anyValueOf,
  attributesOf,
  enumOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  textOf,
  timeUsOf,
} from "./json-value.ts";

const SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES = ["UNSET", "OK", "ERROR"];
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const SEVERITIES = ["UNSPECIFIED", ...LEVELS.flatMap((level) => ["", "2", "3", "4"].map((n) => level + n))];

/** A span, or what is wrong with it, in words. */
export function spanOfJson(json: JsonObject, bounds: DecodeBounds): SpanData | string {
  const traceId = idOfText(json.traceId, 32);
  if (traceId === "") return "a span's trace id is not 32 hexadecimal digits, or all 0";
  const spanId = idOfText(json.spanId, 16);
  if (spanId === "") return "a span's id is not 16 hexadecimal digits, or all 0";
  const parentSpanId = idOfText(json.parentSpanId, 16);
  const status = objectOf(json.status);
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
    traceState: textOf(json.traceState),
    name: textOf(json.name),
    kind: kindOf(enumOf(json.kind, "SPAN_KIND_", SPAN_KINDS)),
    startUs: timeUsOf(json.startTimeUnixNano),
    endUs: timeUsOf(json.endTimeUnixNano),
    attributes: attributesOf(json.attributes, bounds),
    events: listOf(json.events).slice(0, bounds.eventsMax).filter(isObject).map(eventOf(bounds)),
    links: listOf(json.links).slice(0, bounds.eventsMax).flatMap(linkOf(bounds)),
    status: statusOf(enumOf(status.code, "STATUS_CODE_", STATUS_CODES)),
    statusMessage: textOf(status.message),
  };
}

function eventOf(bounds: DecodeBounds): (json: JsonObject) => SpanEvent {
  return (json) => ({
    timeUs: timeUsOf(json.timeUnixNano),
    name: textOf(json.name),
    attributes: attributesOf(json.attributes, bounds),
  });
}

/** A link to nowhere is left out, and its span is taken. */
function linkOf(bounds: DecodeBounds): (json: unknown) => SpanLink[] {
  return (value) => {
    const json = objectOf(value);
    const traceId = idOfText(json.traceId, 32);
    const spanId = idOfText(json.spanId, 16);
    if (traceId === "" || spanId === "") return [];
    return [{ traceId, spanId, attributes: attributesOf(json.attributes, bounds) }];
  };
}

/** A log record. The time when it was seen stands in for one that is not known. */
export function logOfJson(json: JsonObject, bounds: DecodeBounds): LogData {
  const traceId = idOfText(json.traceId, 32);
  const spanId = idOfText(json.spanId, 16);
  const attributes = attributesOf(json.attributes, bounds);
  const eventName = textOf(json.eventName);
  if (eventName !== "") attributes[EVENT_NAME] ??= eventName;
  return {
    timeUs: timeUsOf(json.timeUnixNano) || timeUsOf(json.observedTimeUnixNano),
    severity: severityOf(enumOf(json.severityNumber, "SEVERITY_NUMBER_", SEVERITIES)),
    severityText: textOf(json.severityText),
    body: anyValueOf(json.body, bounds),
    attributes,
    traceId: traceId === "" ? undefined : traceId,
    spanId: spanId === "" ? undefined : spanId,
  };
}
