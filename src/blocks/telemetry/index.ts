// Where in which trace something happens, as it goes along with a call.

export {
  FLAG_RANDOM,
  FLAG_SAMPLED,
  isSampledContext,
  readTraceContext,
  type TraceContext,
  traceParentOf,
} from "./trace/trace-context.ts";
