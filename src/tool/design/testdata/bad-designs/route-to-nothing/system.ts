import { cache, edge, service, system } from "trestle";

const hot = cache("hot");
const api = service("api", { command: ["python3", "app.py"], uses: { hot } });
const front = edge("front", {
  routes: [
    { path: "/api/*", to: api },
    { path: "/admin/*", to: "admin" },
    { path: "/hot", to: hot },
    { path: "/*" },
  ],
});

export default system("shop", { parts: [front] });
