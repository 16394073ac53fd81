// Each `error` comment names the error that the next line has to have; no other line may have one.
import { cache, database, edge, service, system, type Traffic, task } from "trestle";

const hot = cache("hot");
const links = database("links");
const api = service("api", { run: "./service.ts", uses: { hot, links } });
const front = edge("front", { routes: [{ path: "/*", to: api }] });

// ---- units ----

// error TS2322
cache("a", { memory: "64 MIB" });
// error TS2322
cache("b", { memory: "200 ms" });
// error TS2322
cache("c", { memory: "a lot" });
// error TS2322
service("d", { run: "./service.ts", startTimeout: "20 parsecs" });
// error TS2322
task("e", { run: "./seed.ts", timeout: "10" });
// error TS2322
system("f", { requires: { availability: "99.99" }, parts: [front] });
// error TS2322
system("g", { requires: { traffic: { dailyUsers: "10m", requestsPerUserPerDay: 20 } }, parts: [front] });
// error TS2322
system("h", { requires: { traffic: { rate: "100/fortnight" } }, parts: [front] });
// error TS2322
system("i", { requires: { latency: { p99: "200 MB" } }, parts: [front] });

// ---- options ----

// error TS2561
cache("j", { memery: "64 MiB" });
// error TS2561
service("k", { run: "./service.ts", replica: 2 });
// error TS2322
service("l", { run: "./service.ts", replicas: "2" });
// error TS2322
service("scaled", { run: "./service.ts", replicas: { min: 1 } });
// error TS2561
service("scaled", { run: "./service.ts", replicas: { max: 6, targets: { cpu: "70%" } } });
// error TS2322
service("scaled", { run: "./service.ts", replicas: { max: 6, target: { cpu: "70" } } });
// error TS2322
service("scaled", { run: "./service.ts", replicas: { max: 6, target: { memory: "200" } } });
// error TS2322
service("scaled", { run: "./service.ts", replicas: { max: 6, scaleUp: true } });
// error TS2561
edge("m", { ports: 80, routes: [] });
// error TS2561
system("n", { require: {}, parts: [front] });
// error TS2353
system("o", { requires: { latency: { p98: "1 s" } }, parts: [front] });
// error TS2322
service("p", { run: "./service.ts", command: ["node", "service.js"] });
// error TS2345
service("q", { replicas: 2 });
// error TS2322
service("r", { command: [] });
// error TS2322
service("s", { command: "node service.js" });
// error TS2353
task("t", { run: "./seed.ts", replicas: 2 });
// error TS2322
const twice: Traffic = { rate: "1/s", dailyUsers: 5, requestsPerUserPerDay: 1 };
system("u", { requires: { traffic: twice }, parts: [front] });
// error TS2322
system("v", { requires: { traffic: { dailyUsers: 5 } }, parts: [front] });
// error TS2345
edge("w", { port: 80 });

// ---- references ----

// error TS2322
service("x", { run: "./service.ts", uses: { links: "links" } });
// error TS2322
edge("y", { routes: [{ path: "/*", to: hot }] });
// error TS2322
edge("z", { routes: [{ path: "/*", to: "api" }] });
// error TS2322
edge("z", { routes: [{ path: "api", to: api }] });
// error TS2741
system("z", { parts: [{ kind: "cache", name: "hot", options: {}, site: undefined }] });
// error TS2540
hot.name = "cold";

// ---- what an edge can be told ----

// error TS2322
edge("aa", { tcp: "db", port: 5433 });
// error TS2322
edge("bb", { routes: [{ path: "/*", to: api, redirect: "/" }] });
// error TS2741
edge("cc", { routes: [{ path: "/*", to: [{ to: api }] }] });
// error TS2322
edge("dd", { routes: [{ path: "/*", to: api, timeouts: { total: "2 MB" } }] });
// error TS2322
edge("ee", { routes: [{ path: "/*", to: api, mirror: { to: api, share: "10" } }] });
// error TS2322
edge("ff", { routes: [{ path: "/*", redirect: { to: "/", status: 200 } }] });
// error TS2322
edge("gg", { routes: [{ path: "/*", to: api }], tls: { minVersion: "1.2" } });
// error TS2322
edge("hh", { routes: [{ path: "/*", to: api }], listeners: [{ tcp: links }] });
// error TS2322
edge("ii", { port: 53, udp: hot });
// error TS2345
edge("jj", { port: 53, udp: api, tcp: links });
// error TS2322
edge("kk", { routes: [{ path: "/*", to: api }], limits: { bodySize: "1 s" } });
// error TS2322
service("ll", { run: "./service.ts", health: "healthz" });
// error TS2322
service("mm", { run: "./service.ts", upstream: { balance: "fastest" } });
// error TS2322
service("nn", { run: "./service.ts", upstream: { balance: { algorithm: "consistent-hash" } } });
// error TS2322
service("oo", { run: "./service.ts", upstream: { breaker: { fallback: links } } });
// error TS2322
service("pp", { run: "./service.ts", upstream: { affinity: { cookie: "sid", maxAge: "1 kB" } } });
