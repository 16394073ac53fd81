import { database, edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });
const next = service("next", { command: ["python3", "app.py"] });
const links = database("links");

const front = edge("front", {
  routes: [
    { path: "/a", to: api, redirect: "/b" },
    { path: "/b" },
    { path: "/users/:id/*", to: api },
    { path: "/c", host: "https://example.com", to: api },
    { path: "/d", methods: ["get"], to: api },
    { path: "/e", headers: { "x beta": "1", host: "a" }, to: api },
    { path: "/f", headers: { "x-beta": 1 }, query: { page: { suffix: "1" } }, to: api },
    { path: "/g", contentTypes: ["json"], to: api },
    {
      path: "/h",
      to: [
        { to: api, weight: 0 },
        { to: next, weight: 0 },
      ],
    },
    {
      path: "/i",
      to: [
        { to: api, weight: -1 },
        { to: links, weight: 1 },
      ],
    },
    { path: "/j/*", redirect: "/{resst}" },
    { path: "/k", answer: { status: 204, body: "nothing" } },
    { path: "/l", to: api, rewrite: { path: "x", requestHeaders: { "Content-Length": "5" } } },
    { path: "/m", to: api, mirror: { to: next, share: 10 } },
    { path: "/n", to: api, timeouts: { response: "2 fortnights", totl: "1 s" } },
    { path: "/o", to: api, retries: 11 },
    { path: "/p", to: api, retries: { statuses: [200], idempotent: "yes" } },
    { path: "/q", to: api, bodySize: "1 s" },
    { path: "/r", answer: { status: 200 }, mirror: api },
    { path: "/s", headers: { "x-a": "1" }, to: api },
    { path: "/s", headers: { "X-A": "1" }, to: next },
  ],
});

export default system("shop", { parts: [front] });
