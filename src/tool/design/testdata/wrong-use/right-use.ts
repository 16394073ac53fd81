// Everything here compiles: what the language allows, in each of its forms.
import { cache, database, edge, type ServicePart, service, system, task } from "trestle";

const links = database("links", { migrations: "./migrations", url: process.env.DATABASE });
const hot = cache("hot", { memory: "64MiB" });
cache("warm", { memory: 67_108_864 });
const outside = service("outside", { url: "http://127.0.0.1:9000" });
const seed = task("seed", { command: ["python3", "seed.py"], uses: { links }, timeout: "5 minutes" });
const first: ServicePart = service("first", { run: "./first.ts", uses: () => ({ second, outside }) });
const second = service("second", {
  command: ["python3", "app.py"],
  folder: "./second",
  uses: { links, hot, seed },
  environment: { LOG_LEVEL: "debug" },
  replicas: 3,
  health: "/healthz",
  startTimeout: "1.5 min",
  stopTimeout: 500,
});
const front = edge("front", {
  port: 0,
  host: "0.0.0.0",
  routes: () => [
    { path: "/a", to: first },
    { path: "/b/*", to: second },
  ],
});
const beyond = edge("beyond", { url: "https://example.com" });

export default system("everything", {
  requires: {
    traffic: { rate: "200M/day", peak: 3, reads: "90%" },
    latency: { p50: "500 us", p90: "50 ms", p95: 100, p99: "0.2 s", p999: "1 second" },
    availability: 0.999,
    durability: "99.999999999%",
    retention: "5 years",
    data: { recordSize: "500 B", recordsPerDay: "2.5M", requestSize: "1 kB", responseSize: "2 KiB" },
    growthPerYear: "50%",
  },
  parts: [front, beyond],
});
