/** The trace that a request's fields speak of. Pure. */

import { readTraceContext, type TraceContext } from "../../../blocks/telemetry/trace/trace-context.ts";
import { kindOf } from "../exchange/fields.ts";

/**
 * Takes `traceparent` and `tracestate` out of a list of names and values in turn. Returns the context that they carry, if it is
 * valid: two `traceparent` are none, and several `tracestate` are one (RFC 9110, section 5.3).
 */
export function takeTraceFields(fields: string[]): TraceContext | undefined {
  let parent: string | undefined;
  let parents = 0;
  let state: string | undefined;
  let kept = 0;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    const value = fields[at + 1] ?? "";
    if (kindOf(name) !== "trace") {
      fields[kept] = name;
      fields[kept + 1] = value;
      kept += 2;
    } else if (isParent(name)) {
      parents += 1;
      parent = value;
    } else state = state === undefined ? value : `${state},${value}`;
  }
  fields.length = kept;
  return parents === 1 ? readTraceContext(parent, state) : undefined;
}

/** Of the two fields, `traceparent` is the longer one. */
function isParent(name: string): boolean {
  return name.length === 11;
}
