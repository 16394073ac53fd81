import { edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });
const routes = [{ path: "/*", to: api }];

const front = edge("front", {
  routes,
  tls: { certificates: [{ certificate: "./missing.pem" }], minVersion: "TLSv1.1", clients: {}, session: "3 days" },
  http2: "yes",
  trustedProxies: -1,
  workers: 65,
  accessLog: { to: "./access.jsonl", share: 50, slw: "1 s" },
  admin: { port: 9901, token: "hunter2-secret" },
  limits: { bodySize: "1 s", connections: 0, idleTimeout: "2 days", headers: 5 },
});
const bare = edge("bare", { port: 8081, routes, tls: {}, admin: 0 });

export default system("shop", { parts: [front, bare] });
