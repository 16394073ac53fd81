import { cache, database, edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });
const links = database("links");
const hot = cache("hot");

const front = edge("front", {
  port: 8443,
  routes: [{ path: "/*", to: api }],
  admin: 9901,
  listeners: [
    { port: 8443, tcp: links },
    { tcp: links },
    { port: 5433, tcp: links, routes: [] },
    { port: 5434, tcp: { servers: { "a b": links, "c.example.com": "links" } } },
    { port: 5435, tcp: {} },
    { port: 5436, tcp: { servers: { "a.example.com": hot } }, tls: true },
    { port: 5353, udp: hot, tls: true },
    { port: 5354, udp: { sessions: 0 } },
    { port: 8443, udp: api },
    { port: 9901, tcp: hot },
    { port: 8444 },
    { port: 8445, routes: [{ path: "/*", to: api }], workers: 2 },
  ],
});

export default system("shop", { parts: [front] });
