import {
  type Calls,
  cache,
  database,
  edge,
  type Requirements,
  type Route,
  type System,
  service,
  system,
} from "../../../design/index.ts";
import { behindFront, type ProgramOptions, program, type RuleCase } from "./rule-case.ts";

/** Timeouts, retries, lines and calls along the ways of requests. */

/** An edge, and two services one behind the other. */
interface Chain {
  readonly route?: Partial<Omit<Route, "path" | "to" | "answer" | "redirect">>;
  readonly call?: Calls;
  readonly inner?: Calls;
  readonly api?: ProgramOptions;
  readonly requires?: Requirements;
  readonly request?: string;
}

function chain({ route, call, inner, api, requires, request = "GET /" }: Chain): System {
  const links = database("links");
  const deep = program("deep", {
    uses: { links },
    plan: { work: { default: { time: "1 ms", calls: { links: inner ?? { timeout: "100 ms" } } } } },
  });
  const outer = program("api", {
    uses: { deep },
    plan: { work: { default: { time: "1 ms", calls: { deep: call ?? { timeout: "500 ms" } } } } },
    ...api,
  });
  const front = edge("front", { routes: [{ path: "/*", to: outer, ...route }] });
  return system("shop", {
    parts: [front],
    requests: { ask: { to: front, request } },
    ...(requires ? { requires } : {}),
  });
}

/** A service outside that is called, or stands in no one's way. */
const outside = (call: Calls | number): System =>
  behindFront(
    program("api", {
      uses: { bank: service("bank", { url: "http://192.0.2.1" }) },
      plan: { work: { default: { time: 1, calls: { bank: call } } } },
    }),
  );

/** Two services that are asked, which take so long. */
function asking(times: readonly [number, number], group: string | undefined, request = "GET /"): System {
  const [a, b] = times.map((time, at) =>
    program(at === 0 ? "stock" : "post", { plan: { work: { default: { time } } } }),
  );
  const call = { timeout: "1 s", group } as const;
  const uses = { stock: a ?? program("stock"), post: b ?? program("post") };
  const front = edge("front", {
    routes: [
      {
        path: "/*",
        to: program("api", {
          uses,
          plan: { work: { default: { time: 1, calls: { stock: call, post: call } } } },
        }),
      },
    ],
  });
  return system("shop", { parts: [front], requests: { ask: { to: front, request } } });
}

const slow = (bounds: object): System =>
  behindFront(program("api", { plan: { work: { default: { time: "50 ms" } } }, upstream: { bounds } }));

const many = (times: number): System =>
  behindFront(
    program("api", {
      uses: { hot: cache("hot") },
      plan: { work: { default: { time: 1, calls: { hot: { times, timeout: "1 s" } } } } },
    }),
  );

export const PATH_CASES: readonly RuleCase[] = [
  {
    rule: "timeouts/missing",
    severity: "risk",
    place: "api.plan.work.default.calls.deep.timeout",
    wrong: chain({ call: { times: 1 } }),
    right: chain({}),
  },
  {
    rule: "timeouts/missing-outside",
    severity: "risk",
    place: "api.plan.work.default.calls.bank.timeout",
    wrong: outside(1),
    right: outside({ timeout: "1 s" }),
  },
  {
    rule: "timeouts/inside-longer-than-outside",
    severity: "risk",
    place: "deep.plan.work.default.calls.links.timeout",
    // The one in between has none: the edge's holds for what is inside that.
    wrong: chain({ route: { timeouts: { total: "1 s" } }, call: { times: 1 }, inner: { timeout: "2 s" } }),
    right: chain({ route: { timeouts: { total: "2 s" } }, call: { times: 1 }, inner: { timeout: "2 s" } }),
  },
  {
    rule: "timeouts/tries-longer-than-outside",
    severity: "advice",
    place: "deep.plan.work.default.calls.links.retries",
    wrong: chain({ inner: { timeout: "200 ms", retries: 2 } }),
    right: chain({ inner: { timeout: "200 ms", retries: 1 } }),
  },
  {
    rule: "timeouts/far-above-latency",
    severity: "advice",
    place: "front.routes[0].timeouts",
    wrong: chain({ requires: { latency: { p99: "200 ms" } } }),
    right: chain({ requires: { latency: { p99: "200 ms" } }, route: { timeouts: { response: "4 s" } } }),
  },
  {
    rule: "timeouts/drain",
    severity: "advice",
    place: "api.stopTimeout",
    wrong: chain({ route: { timeouts: { total: "9 s" } }, api: { stopTimeout: "5 s" } }),
    right: chain({ route: { timeouts: { total: "5 s" } }, api: { stopTimeout: "5 s" } }),
  },
  {
    rule: "retries/multiply",
    severity: "risk",
    place: "deep.plan.work.default.calls.links.retries",
    wrong: chain({
      route: { retries: 2 },
      call: { timeout: "500 ms", retries: 2 },
      inner: { timeout: "50 ms", retries: 2 },
    }),
    right: chain({
      route: { retries: 2 },
      call: { timeout: "500 ms", retries: 2, budget: true },
      inner: { timeout: "50 ms", retries: 2, budget: true },
    }),
  },
  {
    rule: "retries/without-budget",
    severity: "risk",
    place: "deep.plan.work.default.calls.links.budget",
    wrong: chain({ inner: { timeout: "50 ms", retries: 2 } }),
    right: chain({ inner: { timeout: "50 ms", retries: 2, budget: true } }),
  },
  {
    rule: "retries/of-writes",
    severity: "question",
    place: "deep.plan.work.default.calls.links.retries",
    wrong: chain({ inner: { timeout: "50 ms", retries: 1 }, request: "POST /" }),
    right: chain({ inner: { timeout: "50 ms", retries: 1 } }),
  },
  {
    rule: "queues/longer-than-the-timeout",
    severity: "risk",
    place: "api.upstream.bounds",
    wrong: slow({ requests: 700, pending: 0 }),
    right: slow({ requests: 600, pending: 0 }),
  },
  {
    rule: "queues/no-admission-control",
    severity: "advice",
    place: "api.upstream.bounds.requests",
    wrong: behindFront(program("api"), { host: "0.0.0.0" }),
    right: behindFront(program("api"), { host: "127.0.0.9" }),
  },
  {
    rule: "breakers/without-fallback",
    severity: "advice",
    place: "api.upstream.breaker.fallback",
    wrong: behindFront(program("api", { upstream: { breaker: true } })),
    right: behindFront(program("api", { upstream: { breaker: { fallback: { status: 200 } } } })),
  },
  {
    rule: "breakers/fallback-shares-the-fate",
    severity: "advice",
    place: "api.upstream.breaker.fallback",
    wrong: standIn(true),
    right: standIn(false),
  },
  {
    rule: "calls/slow-side-call",
    severity: "question",
    place: "api.plan.work.default.calls.post",
    wrong: asking([1, 20], undefined, "POST /"),
    right: asking([1, 4], undefined, "POST /"),
  },
  {
    rule: "calls/one-after-another",
    severity: "advice",
    place: "api.plan.work.default.calls.stock",
    wrong: asking([20, 20], undefined),
    right: asking([20, 20], "all"),
  },
  {
    rule: "calls/many-per-request",
    severity: "advice",
    place: "api.plan.work.default.calls.hot.times",
    wrong: many(10),
    right: many(9),
  },
];

/** A service whose breaker leads to one that needs the same database, or does not. */
function standIn(shares: boolean): System {
  const links = database("links");
  const spare = program("spare", shares ? { uses: { links } } : {});
  return behindFront(program("api", { uses: { links }, upstream: { breaker: { fallback: spare } } }));
}
