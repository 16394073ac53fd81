import {
  cache,
  database,
  edge,
  type PlanFacts,
  type System,
  service,
  system,
} from "../../../design/index.ts";
import { behindFront, cachedShop, program, type RuleCase } from "./rule-case.ts";

/** Caches, keys, data, and what others can read or reach. */

const kept = (plan: PlanFacts, requires: object = {}): System => cachedShop({ links: { plan }, requires });

/** 1,000 requests a second of which so many ask for the same. */
const popular = (count: number, hot: PlanFacts = {}, links: PlanFacts = {}): System =>
  cachedShop({
    requires: { traffic: { rate: "1k/s", peak: 1 } },
    keys: { count },
    hot: { plan: hot },
    links: { plan: links },
  });

const written = (time: number): System =>
  cachedShop({
    requires: { traffic: { rate: "1k/s", peak: 1 } },
    keys: { count: 1_000 },
    request: "POST /:id",
    links: { plan: { work: { default: { time } } } },
  });

const sharing = (both: boolean): System => {
  const links = database("links");
  const [a, b] = [program("a", { uses: { links } }), program("b", both ? { uses: { links } } : {})];
  return system("shop", {
    parts: [
      edge("front", {
        routes: [
          { path: "/a", to: a },
          { path: "/b", to: b },
        ],
      }),
    ],
  });
};

const outside = (tls: object): System =>
  behindFront(service("bank", { url: "https://192.0.2.1", upstream: { tls } }));

const stored = (host: string): System =>
  system("shop", { parts: [edge("door", { tcp: cache("hot"), port: 6379, host })] });

export const DATA_CASES: readonly RuleCase[] = [
  {
    rule: "cache/stampede",
    severity: "risk",
    place: "requests.ask.keys",
    wrong: popular(10, {}, { work: { default: { time: "30 ms" } } }),
    right: popular(10, {}, { work: { default: { time: "1 ms" } } }),
  },
  {
    rule: "cache/hard-dependency",
    severity: "risk",
    place: "hot",
    wrong: popular(1_000_000, {}, { work: { default: { time: "9 ms" } } }),
    right: popular(1_000_000, {}, { work: { default: { time: "7 ms" } } }),
  },
  {
    rule: "cache/too-small",
    severity: "advice",
    place: "hot.memory",
    wrong: cachedShop({ keys: { count: 10_000_000 }, hot: { memory: "512 MiB" } }),
    right: cachedShop({ keys: { count: 10_000_000 }, hot: { memory: "2 GiB" } }),
  },
  {
    rule: "keys/hot",
    severity: "risk",
    place: "requests.ask.keys",
    wrong: popular(10, { work: { default: { time: "2 ms" } } }),
    right: popular(10_000, { work: { default: { time: "2 ms" } } }),
  },
  {
    rule: "keys/hot-row",
    severity: "risk",
    place: "requests.ask.keys",
    wrong: written(5),
    right: written(3),
  },
  {
    rule: "data/backups",
    severity: "risk",
    place: "links.plan.backupEvery",
    wrong: kept({}, { retention: "1 year" }),
    right: kept({ backupEvery: "1 day" }, { retention: "1 year" }),
  },
  {
    rule: "data/durability",
    severity: "risk",
    place: "links.plan.copies",
    wrong: kept({}, { durability: "99.9%" }),
    right: kept({}, { durability: "98%" }),
  },
  {
    rule: "data/consistency",
    severity: "question",
    place: "links.plan.prefers",
    wrong: kept({ copies: 2 }),
    right: kept({ copies: 1 }),
  },
  {
    rule: "data/availability-with-one-copy",
    severity: "advice",
    place: "links.plan.prefers",
    wrong: kept({ prefers: "availability" }),
    right: kept({ prefers: "availability", copies: 2 }),
  },
  {
    rule: "data/even-copies",
    severity: "question",
    place: "links.plan.copies",
    wrong: kept({ prefers: "consistency", copies: 4 }),
    right: kept({ prefers: "consistency", copies: 5 }),
  },
  {
    rule: "data/shared-database",
    severity: "question",
    place: "links",
    wrong: sharing(true),
    right: sharing(false),
  },
  {
    rule: "security/tls",
    severity: "risk",
    place: "front.tls",
    wrong: behindFront(program("api"), { host: "0.0.0.0" }),
    right: behindFront(program("api"), { host: "0.0.0.0", tls: true }),
  },
  {
    rule: "security/public-store",
    severity: "risk",
    place: "door.host",
    wrong: stored("0.0.0.0"),
    right: stored("127.0.0.1"),
  },
  {
    rule: "security/proxies",
    severity: "risk",
    place: "front.trustedProxies",
    wrong: behindFront(program("api"), { host: "0.0.0.0", trustedProxies: "all" }),
    right: behindFront(program("api"), { host: "0.0.0.0", trustedProxies: 1 }),
  },
  {
    rule: "security/certificates",
    severity: "risk",
    place: "bank.upstream.tls.insecure",
    wrong: outside({ insecure: true }),
    right: outside({ serverName: "bank.example" }),
  },
  {
    rule: "security/secrets",
    severity: "question",
    place: "api.environment.API_TOKEN",
    wrong: behindFront(program("api", { environment: { API_TOKEN: "correct-horse-battery" } })),
    right: behindFront(program("api", { environment: { API_TOKEN: "", TOKEN_TTL: "a-week-and-a-day" } })),
  },
];
