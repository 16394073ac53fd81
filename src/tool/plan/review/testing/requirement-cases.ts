import { edge, type Requirements, type System, system } from "../../../design/index.ts";
import { behindFront, cachedShop, type ProgramOptions, program, type RuleCase } from "./rule-case.ts";

/** What a design states, what stands alone in it, and whether there is room. */

const TRAFFIC = { rate: "100/s", reads: 0.9 } as const;

const asked = (requires?: Requirements, named = false): System => {
  const front = edge("front", { routes: [{ path: "/*", to: program("api") }] });
  return system("shop", {
    parts: [front],
    ...(requires ? { requires } : {}),
    ...(named ? { requests: { ask: { to: front, request: "/" } } } : {}),
  });
};

/** One that has two of everything, in two zones. */
const doubled = (api: ProgramOptions, front: object = {}): System =>
  behindFront(
    program("api", { replicas: 2, ...api }),
    { plan: { copies: 2, zones: 2 }, ...front },
    { requires: { availability: "99.99%" } },
  );

/** Of two replicas, 100 requests of so long a second. */
const busy = (ms: number): System =>
  behindFront(
    program("api", { replicas: 2, plan: { work: { default: { time: ms } } } }),
    {},
    { requires: { traffic: { rate: "100/s", peak: 1 } } },
  );

const growing = (growthPerYear: number): System =>
  behindFront(
    program("api", { plan: { work: { default: { time: "6 ms" } } } }),
    {},
    { requires: { traffic: { rate: "100/s", peak: 1 }, growthPerYear } },
  );

export const REQUIREMENT_CASES: readonly RuleCase[] = [
  {
    rule: "requirements/requests",
    severity: "question",
    place: "requests",
    wrong: asked(),
    right: asked(undefined, true),
  },
  {
    rule: "requirements/scale",
    severity: "question",
    place: "requires.traffic",
    wrong: asked({ availability: 0.9 }),
    right: asked({ traffic: TRAFFIC }),
  },
  {
    rule: "requirements/reads",
    severity: "question",
    place: "requires.traffic.reads",
    wrong: asked({ traffic: { rate: "100/s" } }),
    right: asked({ traffic: { rate: "100/s" } }, true),
  },
  {
    rule: "requirements/qualities",
    severity: "question",
    place: "requires",
    wrong: asked({ latency: { p99: 200 } }),
    // Nothing is kept that could be lost, and nothing comes that could grow.
    right: asked({ latency: { p99: 200 }, availability: 0.9 }),
  },
  {
    rule: "requirements/storage",
    severity: "question",
    place: "requires.data",
    wrong: cachedShop({ requires: { retention: "5 years", traffic: TRAFFIC } }),
    right: cachedShop({
      requires: { retention: "5 years", traffic: TRAFFIC, data: { recordSize: "1 kB" } },
    }),
  },
  {
    rule: "availability/single-points-of-failure",
    severity: "risk",
    place: "api.replicas",
    wrong: doubled({ replicas: 1 }),
    right: doubled({ replicas: 1, plan: { availability: "99.99%" } }),
  },
  {
    rule: "availability/one-zone",
    severity: "advice",
    place: "api.plan.zones",
    wrong: doubled({}),
    right: doubled({ plan: { zones: 2 } }),
  },
  {
    rule: "availability/uneven-zones",
    severity: "advice",
    place: "api.plan.zones",
    wrong: doubled({ replicas: 4, plan: { zones: 3 } }),
    right: doubled({ replicas: 6, plan: { zones: 3 } }),
  },
  {
    rule: "health/missing",
    severity: "risk",
    place: "api.health",
    wrong: doubled({}),
    right: doubled({ health: "/healthz" }),
  },
  {
    rule: "health/timeout-and-interval",
    severity: "advice",
    place: "api.health.timeout",
    wrong: doubled({ health: { path: "/healthz", timeout: "3 s" } }),
    right: doubled({ health: { path: "/healthz", timeout: "2 s" } }),
  },
  {
    rule: "health/not-observed",
    severity: "advice",
    place: "telemetry",
    wrong: behindFront(program("api"), {}, { telemetry: false }),
    right: behindFront(program("api"), {}, { telemetry: { record: false } }),
  },
  {
    rule: "scale/room-for-a-failure",
    severity: "advice",
    place: "api.replicas",
    wrong: busy(11),
    right: busy(10),
  },
  {
    rule: "scale/growth",
    severity: "advice",
    place: "requires.growthPerYear",
    wrong: growing(0.7),
    right: growing(0.6),
  },
  {
    rule: "scale/start-up",
    severity: "advice",
    place: "api.startTimeout",
    wrong: behindFront(program("api", { startTimeout: "2 min", replicas: { min: 1, max: 6 } })),
    right: behindFront(program("api", { startTimeout: "30 s", replicas: { min: 1, max: 6 } })),
  },
  {
    rule: "scale/state-in-replicas",
    severity: "question",
    place: "api.upstream.affinity",
    wrong: doubled({ upstream: { affinity: "cookie" } }),
    right: doubled({ replicas: 1, upstream: { affinity: "cookie" } }),
  },
];
