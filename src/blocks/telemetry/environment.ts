import type { Clock } from "../time/clock.ts";
import type { Random } from "../time/random.ts";
import type { SignalEndpoint } from "./export/exporter.ts";
import { createLogger, LOG_LEVELS, type LogLevel } from "./log/logger.ts";
import type { Scope, Signal } from "./otlp/model.ts";
import { createTelemetry, noTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
import { alwaysOff, alwaysOn, parentBased, type Sampler, shareSampler } from "./trace/sampler.ts";
import type { TailOptions } from "./trace/tail-rule.ts";

/** The process's environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What an environment does not say. */
export interface EnvironmentOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly scope?: Scope;
  /** Takes the logger's lines, whether there is a collector or not. Without it logs go to the collector. */
  readonly write?: (line: string) => void;
  /** Spans told although their trace is not sampled. Default: those that failed or took 500 ms, 10 a second; false for none. */
  readonly tail?: TailOptions | false;
}

/**
 * Telemetry as OpenTelemetry's variables ask for it: `OTEL_SDK_DISABLED`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
 * `OTEL_EXPORTER_OTLP_{ENDPOINT,HEADERS,TIMEOUT,PROTOCOL}` and those of one signal (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, …),
 * `OTEL_{TRACES,METRICS,LOGS}_EXPORTER` (`otlp`, `none`), `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`, `OTEL_BSP_SCHEDULE_DELAY` (1,000),
 * `OTEL_BLRP_SCHEDULE_DELAY` (1,000), `OTEL_METRIC_EXPORT_INTERVAL` (10,000), `OTEL_LOG_LEVEL` (`info`),
 * `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION` (`explicit_bucket_histogram`, `base2_exponential_bucket_histogram`)
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). Without an endpoint there is no telemetry.
 * What cannot be followed is left out and told in `problems`: a setting is no reason for a service not to start.
 */
export function telemetryFromEnvironment(environment: Environment, options: EnvironmentOptions): Telemetry {
  const { clock, random, scope, write, tail = {} } = options;
  const read = new SettingReader(environment);
  const logLevel = read.level();
  const endpoints = read.isDisabled() ? {} : read.endpoints();
  if (Object.keys(endpoints).length === 0) {
    const logger = write && createLogger({ clock, level: logLevel, write });
    return noTelemetry(logger, read.problems);
  }
  const made: TelemetryOptions = {
    clock,
    random,
    resource: read.resource(),
    endpoints,
    sampler: read.sampler(),
    spanIntervalMs: read.ms("OTEL_BSP_SCHEDULE_DELAY", 1_000),
    logIntervalMs: read.ms("OTEL_BLRP_SCHEDULE_DELAY", 1_000),
    metricIntervalMs: read.ms("OTEL_METRIC_EXPORT_INTERVAL", 10_000),
    exponentialHistograms: read.isExponential(),
    logLevel,
    problems: read.problems,
    ...(scope && { scope }),
    ...(write && { write }),
    ...(tail && { tail }),
  };
  return createTelemetry(made);
}

const SIGNALS: readonly Signal[] = ["traces", "metrics", "logs"];
const PROTOCOL = "http/protobuf";
/** How histograms part their values, in OpenTelemetry's words. */
const EXPLICIT = "explicit_bucket_histogram";
const EXPONENTIAL = "base2_exponential_bucket_histogram";

/** Reads settings one by one, and notes what it cannot follow. Pure. */
class SettingReader {
  readonly #environment: Environment;
  readonly problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  isDisabled(): boolean {
    return this.#text("OTEL_SDK_DISABLED")?.toLowerCase() === "true";
  }

  endpoints(): Partial<Record<Signal, SignalEndpoint>> {
    const endpoints: Partial<Record<Signal, SignalEndpoint>> = {};
    for (const signal of SIGNALS) {
      const endpoint = this.#endpoint(signal);
      if (endpoint) endpoints[signal] = endpoint;
    }
    return endpoints;
  }

  resource(): Record<string, string> {
    const given = this.#pairs("OTEL_RESOURCE_ATTRIBUTES");
    const name = this.#text("OTEL_SERVICE_NAME") ?? given["service.name"] ?? "unknown_service:node";
    return {
      "telemetry.sdk.name": "trestle",
      "telemetry.sdk.language": "nodejs",
      ...given,
      "service.name": name,
    };
  }

  sampler(): Sampler {
    const name = this.#text("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
    const of = name.replace(/^parentbased_/, "");
    const root = this.#root(of);
    if (!root) {
      this.problems.push(`OTEL_TRACES_SAMPLER: "${name}" is not known; parentbased_always_on is used`);
      return parentBased(alwaysOn);
    }
    return of === name ? root : parentBased(root);
  }

  /** Milliseconds above 0. */
  ms(name: string, byDefault: number): number {
    const text = this.#text(name);
    if (text === undefined) return byDefault;
    if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
    this.problems.push(`${name}: "${text}" is no number of milliseconds; ${byDefault} is used`);
    return byDefault;
  }

  isExponential(): boolean {
    const name = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    const text = this.#text(name)?.toLowerCase() ?? EXPLICIT;
    if (text === EXPONENTIAL) return true;
    if (text !== EXPLICIT) this.problems.push(`${name}: "${text}" is not known; ${EXPLICIT} is used`);
    return false;
  }

  level(): LogLevel {
    const text = this.#text("OTEL_LOG_LEVEL")?.toLowerCase() ?? "info";
    return Object.hasOwn(LOG_LEVELS, text) ? (text as LogLevel) : "info";
  }

  #root(name: string): Sampler | undefined {
    switch (name) {
      case "always_on":
        return alwaysOn;
      case "always_off":
        return alwaysOff;
      case "traceidratio":
        return shareSampler(this.#share());
      default:
        return undefined;
    }
  }

  #share(): number {
    const text = this.#text("OTEL_TRACES_SAMPLER_ARG") ?? "1";
    const share = Number(text);
    if (share >= 0 && share <= 1) return share;
    this.problems.push(`OTEL_TRACES_SAMPLER_ARG: "${text}" is no share from 0 to 1; 1 is used`);
    return 1;
  }

  #endpoint(signal: Signal): SignalEndpoint | undefined {
    const exporter = this.#text(`OTEL_${signal.toUpperCase()}_EXPORTER`) ?? "otlp";
    if (!exporter.split(",").includes("otlp")) return undefined;
    const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`;
    const whole = this.#text(`${own}ENDPOINT`);
    const base = this.#text("OTEL_EXPORTER_OTLP_ENDPOINT");
    const text = whole ?? (base && `${base.replace(/\/$/, "")}/v1/${signal}`);
    if (!text) return undefined;
    const protocol = this.#text(`${own}PROTOCOL`) ?? this.#text("OTEL_EXPORTER_OTLP_PROTOCOL") ?? PROTOCOL;
    if (protocol !== PROTOCOL) {
      this.problems.push(`${signal}: the protocol "${protocol}" is not spoken; set it to ${PROTOCOL}`);
      return undefined;
    }
    const url = URL.parse(text);
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
      this.problems.push(`${signal}: the endpoint has to be a URL that begins with http:// or https://`);
      return undefined;
    }
    const headers = this.#pairs(this.#text(`${own}HEADERS`) ? `${own}HEADERS` : "OTEL_EXPORTER_OTLP_HEADERS");
    const timeoutMs = this.ms(`${own}TIMEOUT`, this.ms("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000));
    return { url, headers, timeoutMs };
  }

  /** `name=value,…`, percent-encoded, as W3C Baggage has it. */
  #pairs(name: string): Record<string, string> {
    const pairs: Record<string, string> = {};
    for (const pair of (this.#text(name) ?? "").split(",")) {
      const equals = pair.indexOf("=");
      if (equals <= 0) continue;
      try {
        pairs[decodeURIComponent(pair.slice(0, equals).trim())] = decodeURIComponent(
          pair.slice(equals + 1).trim(),
        );
      } catch {
        // The value may be a secret: it is not said.
        this.problems.push(`${name}: a value is not percent-encoded, and left out`);
      }
    }
    return pairs;
  }

  /** Undefined of a variable that is empty, as OpenTelemetry wants it. */
  #text(name: string): string | undefined {
    const text = this.#environment[name]?.trim();
    return text === "" ? undefined : text;
  }
}
