import { held, type Setting, type Settings } from "./setting.ts";
import { writtenAffinity, writtenBalance, writtenFallback, writtenHealth } from "./written-models.ts";

/** What can be set of each kind of part, of the requirements and of the requests: what a plan looks at. Pure. */

const PLAIN: Setting = {};

export const REQUIRES: Settings = {
  traffic: {
    within: {
      dailyUsers: PLAIN,
      requestsPerUserPerDay: PLAIN,
      rate: held("requestsPerSecond"),
      peak: PLAIN,
      reads: PLAIN,
    },
  },
  latency: {
    within: {
      p50: held("p50Ms"),
      p90: held("p90Ms"),
      p95: held("p95Ms"),
      p99: held("p99Ms"),
      p999: held("p999Ms"),
    },
  },
  availability: PLAIN,
  durability: PLAIN,
  retention: held("retentionMs"),
  data: {
    within: {
      recordSize: held("recordBytes"),
      recordsPerDay: PLAIN,
      requestSize: held("requestBytes"),
      responseSize: held("responseBytes"),
    },
  },
  growthPerYear: PLAIN,
};

/** Of each class of requests. */
export const REQUEST: Settings = {
  share: PLAIN,
  kind: PLAIN,
  requestSize: held("requestBytes"),
  responseSize: held("responseBytes"),
  keys: { within: { count: PLAIN, skew: PLAIN } },
};

const CALLS: Settings = {
  times: PLAIN,
  share: PLAIN,
  group: PLAIN,
  timeout: held("timeoutMs"),
  retries: PLAIN,
  budget: PLAIN,
};

const PLAN: Settings = {
  work: {
    each: { time: held("meanMs"), spread: PLAIN, calls: { each: CALLS, alone: "times" } },
  },
  concurrency: PLAIN,
  availability: PLAIN,
  failover: held("failoverMs"),
  zones: PLAIN,
  copies: PLAIN,
  pricePerMonth: PLAIN,
  itemSize: held("itemBytes"),
  disk: held("diskBytes"),
  backupEvery: held("backupEveryMs"),
  prefers: PLAIN,
};

const PACE: Setting = {
  alone: true,
  within: { stabilization: PLAIN, policies: PLAIN, select: PLAIN, tolerance: PLAIN },
};

/** The model has it in two fields, of which the options are made apart. */
const REPLICAS: Setting = {
  alone: true,
  within: {
    min: PLAIN,
    max: PLAIN,
    target: { within: { cpu: PLAIN, requestsPerSecond: PLAIN, concurrency: PLAIN, memory: PLAIN } },
    scaleUp: PACE,
    scaleDown: PACE,
    predictive: { alone: true, within: { by: PLAIN, headroom: PLAIN, lead: PLAIN } },
  },
};

const UPSTREAM: Settings = {
  balance: { written: writtenBalance },
  weights: PLAIN,
  affinity: { written: writtenAffinity },
  outliers: {
    alone: true,
    within: {
      consecutiveErrors: PLAIN,
      failureShare: PLAIN,
      minimumRequests: PLAIN,
      interval: held("intervalMs"),
      ejection: held("ejectionMs"),
      maxEjection: held("maxEjectionMs"),
      maxEjectedShare: PLAIN,
    },
  },
  panic: held("panicShare"),
  slowStart: held("slowStartMs"),
  bounds: {
    within: {
      connections: PLAIN,
      pending: PLAIN,
      pendingTimeout: held("pendingMs"),
      requests: PLAIN,
      requestsPerConnection: PLAIN,
    },
  },
  breaker: {
    alone: true,
    within: {
      failureShare: PLAIN,
      minimumRequests: PLAIN,
      interval: held("intervalMs"),
      open: held("openMs"),
      trials: PLAIN,
      fallback: { written: writtenFallback },
    },
  },
  protocol: PLAIN,
  sendProxy: PLAIN,
};

export const SERVICE_SETTINGS: Settings = {
  replicas: REPLICAS,
  health: {
    alone: true,
    within: {
      kind: PLAIN,
      path: PLAIN,
      host: PLAIN,
      statuses: PLAIN,
      bodyIncludes: PLAIN,
      interval: PLAIN,
      timeout: PLAIN,
      unhealthyAfter: PLAIN,
      healthyAfter: PLAIN,
    },
    written: writtenHealth,
  },
  startTimeout: held("startTimeoutMs"),
  stopTimeout: held("stopTimeoutMs"),
  upstream: { within: UPSTREAM },
  plan: { within: PLAN },
};

export const EDGE_SETTINGS: Settings = {
  workers: PLAIN,
  limits: {
    within: {
      headerSize: held("headerBytes"),
      headerFields: PLAIN,
      bodySize: held("bodyBytes"),
      connections: PLAIN,
      idleUpstreamConnections: PLAIN,
      idleUpstream: held("idleUpstreamMs"),
      connectTimeout: held("connectTimeoutMs"),
      responseTimeout: held("responseTimeoutMs"),
      requestHeadTimeout: held("requestHeadTimeoutMs"),
      idleTimeout: held("idleTimeoutMs"),
      drainTimeout: held("drainTimeoutMs"),
    },
  },
  plan: { within: PLAN },
};

/** Of each route of an edge: `front.routes[0].timeouts.response`. */
export const ROUTE: Settings = {
  timeouts: { within: { response: held("responseMs"), total: held("totalMs"), idle: held("idleMs") } },
  retries: {
    alone: "attempts",
    within: { attempts: PLAIN, perTry: held("perTryMs"), statuses: PLAIN, idempotent: PLAIN },
  },
};

export const CACHE_SETTINGS: Settings = { memory: held("memoryBytes"), plan: { within: PLAN } };

export const DATABASE_SETTINGS: Settings = { plan: { within: PLAN } };
