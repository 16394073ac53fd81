/** An exception to a rule, with its reason. One that no longer applies is itself a problem. */
export interface Allowed {
  readonly path: string;
  readonly reason: string;
}

/** May ask the machine for the time, for chance or for a timer, beside `src/blocks/time`, `main.ts` and tests. */
export const ALLOWED_CLOCKS: readonly Allowed[] = [];

/** May be longer than 500 lines. */
export const ALLOWED_LONG: readonly Allowed[] = [];

/** Are loaded by something that the check cannot see. */
export const ALLOWED_UNUSED: readonly Allowed[] = [];

/**
 * Engines without I/O: they import no `node:` module, so that the same code runs in production, in a simulation and in a
 * browser. A file joins them by a line of this list.
 */
export const PURE: readonly RegExp[] = [
  /^src\/blocks\/autoscale\//,
  /^src\/blocks\/drawing\//,
  /^src\/blocks\/structures\//,
  /^src\/blocks\/flow\/rate-limit\/(algorithms|keys)\//,
  /^src\/blocks\/flow\/(adaptive|channel)\//,
  /^src\/blocks\/flow\/spill\/(record|tail|ack-window|group-commit)\.ts$/,
  /^src\/blocks\/flow\/shedding\/(codel|pressure|pressure-reading|waiting-line|urgency)\.ts$/,
  /^src\/blocks\/flow\/shared-limit\/leases\.ts$/,
  /^src\/blocks\/resilience\/bulkhead\/slots\.ts$/,
  /^src\/blocks\/resilience\/circuit-breaker\/(circuit|half-open|trip-rule)\.ts$/,
  /^src\/blocks\/resilience\/circuit-breaker\/(count-window|time-window|consecutive-failures)\.ts$/,
  /^src\/blocks\/resilience\/fallback\/last-good\.ts$/,
  /^src\/blocks\/resilience\/hedge\/(latency-percentile|hedge-rules)\.ts$/,
  /^src\/blocks\/resilience\/retry\/(back-off|retry-budget|retry-rules|retryable)\.ts$/,
  /^src\/blocks\/telemetry\/otlp\//,
  /^src\/blocks\/telemetry\/(epoch\.ts$|metric\/)/,
  /^src\/blocks\/telemetry\/export\/(export-queue|item-size)\.ts$/,
  /^src\/blocks\/telemetry\/log\/(log-line|logger)\.ts$/,
  /^src\/blocks\/telemetry\/trace\/(?!active-span)/,
  /^src\/engines\/edge\/(answers|check|limits|watch)\.ts$/,
  /^src\/engines\/edge\/(balancing|check|config|routing)\//,
  /^src\/engines\/edge\/admin\/(admin-config|admin-errors|endpoint-list)\.ts$/,
  /^src\/engines\/edge\/exchange\/(fields|forwarded|request-head|request-id|response-head)\.ts$/,
  /^src\/engines\/edge\/health\/(condition|health|outlier|slow-start)\.ts$/,
  /^src\/engines\/edge\/http\/(?!differential|testing)/,
  /^src\/engines\/edge\/http2\/(field-grammar|flood-guard|grpc-answer|preface|stream-request-head)\.ts$/,
  /^src\/engines\/edge\/layer4\/(client-hello|crc32c|ip-address|server-names)\.ts$/,
  /^src\/engines\/edge\/layer4\/proxy-header(-parser|-v1|-v2|-writer)?\.ts$/,
  /^src\/engines\/edge\/observe\/(access-line|batch-writer|histogram|listener-meter|metered-names|meters)\.ts$/,
  /^src\/engines\/edge\/observe\/(metric-families|metrics|metrics-snapshot|prometheus-text|upstream-status)\.ts$/,
  /^src\/engines\/edge\/tls\/(certificate-names|upstream-tls-failure|authority\/local-names)\.ts$/,
  /^src\/engines\/edge\/upstream\/(bounds|breaker|upstream-failure)\.ts$/,
  /^src\/engines\/edge\/workers\/(endpoint-reports|tls-reports|worker-config|worker-readings)\.ts$/,
  /^src\/blocks\/telemetry\/trace\/sampling-threshold\.ts$/,
  /^src\/tool\/design\/model\.ts$/,
  /^src\/tool\/plan\/(?!profile\/profile-file\.ts$|against\/revision\.ts$)/,
  /^src\/tool\/run\/telemetry\/logs\/(ansi|levels|line-queue|line-reading|log-filter|log-words|logfmt|plain-level|structured-line)\.ts$/,
  /^src\/tool\/run\/telemetry\/shared-names\.ts$/,
  /^src\/tool\/run\/telemetry\/traces\/(self-time|slowest-traces|trace|trace-view)\.ts$/,
  /^src\/tool\/run\/telemetry\/receiver\/(decode-budget|forward-queue|grpc-frame|signal-counts)\.ts$/,
];
