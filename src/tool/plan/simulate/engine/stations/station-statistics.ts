import { Histogram, type HistogramSummary } from "../statistics/histogram.ts";
import { TimeAverage } from "../statistics/time-average.ts";

/** A station's figures as plain data, since the warm-up's end. */
export interface StationSummary {
  readonly arrived: number;
  readonly served: number;
  /** Turned away at once, since too many waited. */
  readonly refused: number;
  readonly withdrawn: number;
  readonly dropped: number;
  /** Means over time. Of servers without end it is 0, and so is the utilisation. */
  readonly servers: number;
  readonly busy: number;
  readonly waiting: number;
  readonly waitingMost: number;
  /** Busy by servers, 0 to 1. */
  readonly utilisation: number;
  /** Milliseconds from arrival to the beginning of service, of all that began. Under processor sharing that is none. */
  readonly waitMs: HistogramSummary;
  /** Milliseconds from arrival to the end of service. */
  readonly responseMs: HistogramSummary;
}

/** What a station counts. Pure, in constant memory. */
export class StationStatistics {
  arrived = 0;
  served = 0;
  refused = 0;
  withdrawn = 0;
  dropped = 0;
  readonly servers: TimeAverage;
  readonly busy = new TimeAverage();
  readonly waiting = new TimeAverage();
  readonly waitMs = new Histogram();
  readonly responseMs = new Histogram();

  constructor(servers: number) {
    this.servers = new TimeAverage(Number.isFinite(servers) ? servers : 0);
  }

  setServers(nowMs: number, servers: number): void {
    this.servers.set(nowMs, Number.isFinite(servers) ? servers : 0);
  }

  /** The warm-up is over: forgets what was counted, and keeps who is there. */
  reset(nowMs: number): void {
    this.arrived = 0;
    this.served = 0;
    this.refused = 0;
    this.withdrawn = 0;
    this.dropped = 0;
    this.servers.reset(nowMs);
    this.busy.reset(nowMs);
    this.waiting.reset(nowMs);
    this.waitMs.reset();
    this.responseMs.reset();
  }

  summary(nowMs: number): StationSummary {
    const servers = this.servers.mean(nowMs);
    const busy = this.busy.mean(nowMs);
    return {
      arrived: this.arrived,
      served: this.served,
      refused: this.refused,
      withdrawn: this.withdrawn,
      dropped: this.dropped,
      servers,
      busy,
      waiting: this.waiting.mean(nowMs),
      waitingMost: this.waiting.greatest,
      utilisation: servers === 0 ? 0 : busy / servers,
      waitMs: this.waitMs.summary(),
      responseMs: this.responseMs.summary(),
    };
  }
}
