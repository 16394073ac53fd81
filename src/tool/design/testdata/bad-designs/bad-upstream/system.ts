import { database, service, system } from "trestle";

const links = database("links");
const api = service("api", {
  command: ["python3", "app.py"],
  health: { path: "healthz", interval: "0 s", statuses: ["200"], unhealthyAfter: 0, bodyInclude: "ok" },
  upstream: {
    balance: "least-connection",
    weights: [0],
    affinity: { cookie: "a=b", maxAge: "1 ms" },
    outliers: { failureShare: 50, ejection: "10 min", consecutive: 5 },
    panic: "150%",
    slowStart: "-1 s",
    bounds: { connections: 0, pendingTimeout: 5.5 },
    breaker: { failureShare: 0, trials: 0, fallback: links },
    protocol: "h2",
    tls: {},
  },
});
const other = service("other", {
  command: ["python3", "app.py"],
  health: "udp",
  upstream: {
    balance: { algorithm: "consistent-hash", key: { body: "x" }, loadFactor: 1 },
    affinity: "url",
    protocol: "http2",
    sendProxy: "v2",
    breaker: { fallback: { status: 99 } },
  },
});
const third = service("third", {
  command: ["python3", "app.py"],
  health: { kind: "tcp", path: "/healthz" },
  upstream: { balance: "consistent-hash", affinity: { header: "" }, breaker: { fallback: { body: 5 } } },
});

export default system("shop", { parts: [api, other, third] });
