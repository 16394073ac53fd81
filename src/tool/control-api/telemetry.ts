/** What the receiver has taken and what it has not: of each signal since the run began. */
export interface SignalStatus {
  readonly received: number;
  /** Turned away or dropped, by reason: `overload`, `malformed`, `too-large`, `store-full`. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface TelemetryStatus {
  /** Where services send OTLP; gRPC and HTTP alike. */
  readonly endpoint: string;
  readonly traces: SignalStatus;
  readonly metrics: SignalStatus;
  readonly logs: SignalStatus;
  readonly store: {
    readonly traces: number;
    readonly spans: number;
    readonly series: number;
    readonly logEntries: number;
    readonly bytes: number;
    readonly bytesMax: number;
    /** The oldest moment for which there are samples. */
    readonly fromMs: number;
  };
  /** Absent when nothing is forwarded. */
  readonly forward?: {
    readonly url: string;
    readonly sent: number;
    readonly dropped: number;
    readonly waiting: number;
    /** In words, while it fails. */
    readonly problem?: string;
  };
}
