import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { AccessLogConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";
import { accessLine, droppedLine, IsoTimes } from "./access-line.ts";
import { BatchWriter } from "./batch-writer.ts";
import type { ExchangeObserver, ExchangeRecord } from "./exchange-record.ts";
import { type LogTarget, openLogTarget } from "./log-target.ts";
import type { MetricSource, SampleCollector } from "./metrics-snapshot.ts";

const DEFAULT_SLOW_MS = 1_000;
/** How long `close` writes what is left. */
const CLOSE_MS = 2_000;

/** Opens the log that a configuration asks for. Rejects with `EdgeError` `INVALID_CONFIG` when its file cannot be written. */
export async function openAccessLog(
  config: AccessLogConfig,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<AccessLog> {
  try {
    return new AccessLog(config, await openLogTarget(config.to, clock), clock, random);
  } catch (cause) {
    const problem = codeOf(cause) ?? messageOf(cause);
    throw new EdgeError(
      "INVALID_CONFIG",
      `accessLog.to is ${config.to}, which cannot be written (${problem})`,
      {
        details: { place: "accessLog.to" },
        cause,
      },
    );
  }
}

/**
 * A line of JSON for each request that is over, or for a share of them. The line is made at once, into a buffer that is written later:
 * to keep the values instead would keep the whole head that they are slices of.
 */
export class AccessLog implements ExchangeObserver, MetricSource {
  readonly #to: string;
  readonly #target: LogTarget;
  readonly #writer: BatchWriter;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #times = new IsoTimes();
  #share = 1;
  #always = true;
  #slowMs = DEFAULT_SLOW_MS;

  constructor(config: AccessLogConfig, target: LogTarget, clock: Clock, random: Random) {
    this.#to = config.to;
    this.#target = target;
    this.#clock = clock;
    this.#random = random;
    this.#writer = new BatchWriter(target, clock, (dropped) =>
      droppedLine(dropped, this.#times.textOf(clock.wallMs())),
    );
    this.configure(config);
  }

  /** Whether a configuration's lines go where this log's go; another log has to be opened otherwise. */
  writesTo(config: AccessLogConfig): boolean {
    return config.to === this.#to;
  }

  /** Chooses lines by another configuration from now on. */
  configure({ share = 1, always = true, slowMs = DEFAULT_SLOW_MS }: AccessLogConfig): void {
    this.#share = share;
    this.#always = always;
    this.#slowMs = slowMs;
  }

  exchangeDone(record: ExchangeRecord): void {
    if (this.#share < 1 && !(this.#always && this.#matters(record))) {
      if (this.#share <= 0 || this.#random() >= this.#share) return;
    }
    this.#writer.add(accessLine(record, this.#times.textOf(this.#clock.wallMs())));
  }

  collect(into: SampleCollector): void {
    into.add("trestle_edge_access_log_lines", [], [this.#writer.linesTotal]);
    into.add("trestle_edge_access_log_lines_dropped", [], [this.#writer.droppedTotal]);
  }

  /** Goes on in a new file after the old one has been moved away. False when there is none to be had: then all stays as it is. */
  async reopen(): Promise<boolean> {
    this.#writer.flush();
    try {
      await this.#target.reopen();
      return true;
    } catch {
      return false;
    }
  }

  /** Writes what is left, for at most 2 s. Idempotent. */
  close(): Promise<void> {
    return this.#writer.close(CLOSE_MS);
  }

  #matters({ status, outcome, durationMs }: ExchangeRecord): boolean {
    return status >= 500 || outcome === "cut" || durationMs > this.#slowMs;
  }
}
