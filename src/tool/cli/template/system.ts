import { database, edge, service, system } from "trestle";

// PostgreSQL. Its schema is what the files in ./migrations make of it, in their order.
const entries = database("entries", { migrations: "./migrations" });

// Two processes of one program. Each finds ENTRIES_URL (postgres://…) and PORT in its environment.
const guestbook = service("guestbook", {
  run: "./service.ts",
  uses: { entries },
  replicas: 2,
  health: "/healthz",
});

// What the world talks to. It hands each request to a replica that serves.
const front = edge("front", { port: 8080, routes: [{ path: "/*", to: guestbook }] });

export default system("demo", {
  requires: {
    traffic: { dailyUsers: "10k", requestsPerUserPerDay: 20, peak: 3, reads: 0.9 },
    latency: { p99: "200 ms" },
    availability: "99.5%",
  },
  parts: [front],
});
