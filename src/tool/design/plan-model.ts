/** What a plan takes from a design besides what is needed to run it. Plain data, in base units, as in `model.ts`. Pure. */

/** One class of requests: where it comes in, and how often beside the others. */
export interface RequestClassModel {
  readonly name: string;
  /** The part at which it comes in: an edge, or a service. */
  readonly to: string;
  readonly method: string;
  /** A path that it asks for, with `:parameters`. */
  readonly path: string;
  /** Of all requests; the shares of all classes add up to 1. */
  readonly share: number;
  readonly kind: "read" | "write";
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** Which of many things it is about, where that matters to caches. */
  readonly keys?: KeysModel;
}

export interface KeysModel {
  readonly count: number;
  /** Exponent of Zipf's law; 0 is all alike. */
  readonly skew: number;
}

/** What a plan is told of a part; what is absent has a default of the part's kind, or was measured. */
export interface PlanFactsModel {
  /** By the name of a class of requests; `default` is for all others. */
  readonly work?: Readonly<Record<string, WorkModel>>;
  /** Requests that one replica works on at once. */
  readonly concurrency?: number;
  /** The share of time in which one replica is up. */
  readonly availability?: number;
  /** Until another takes over. */
  readonly failoverMs?: number;
  /** Places that fail apart from each other, over which its replicas are spread. */
  readonly zones?: number;
  /** Copies of its data, its own among them; of an edge, which keeps none, as many edges as it. */
  readonly copies?: number;
  /** Of one replica, in whatever currency. */
  readonly pricePerMonth?: number;
  /** An item of a cache, with its key. */
  readonly itemBytes?: number;
  /** Of a database: how much data each of its copies has room for. */
  readonly diskBytes?: number;
  /** How long data may be lost at most when all is restored from a backup; absent: there is none. */
  readonly backupEveryMs?: number;
  /** What it does when its copies cannot reach each other. */
  readonly prefers?: "consistency" | "availability";
}

/** What a request costs at a part: time of its own, and calls of the parts that it uses. */
export interface WorkModel {
  /** Mean time in which it keeps one of the part's places busy, without the calls. */
  readonly meanMs: number;
  /** Coefficient of variation of that time: 0 is always the same, 1 as irregular as an exponential distribution. */
  readonly spread: number;
  /** By the name under which the part uses the other. */
  readonly calls?: Readonly<Record<string, CallsModel>>;
}

export interface CallsModel {
  /** How many, one after the other. */
  readonly times: number;
  /** In which share of the requests. */
  readonly share: number;
  /** Calls of the same group run at the same time; absent: one after the other, in the order in which they are written. */
  readonly group?: string;
  readonly timeoutMs?: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Whether retries are bounded by a budget. */
  readonly budget: boolean;
}
