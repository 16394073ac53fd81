import { cache, database, edge, service, system } from "trestle";

const hot = cache("hot", { url: "postgres://user:secret@db.example.com/hot" });
const links = database("links", { url: "db.example.com" });
const billing = service("billing", { url: "https://billing.example.com/v1" });
const api = service("api", { command: ["python3", "app.py"], uses: { hot, links } });
const front = edge("front", {
  routes: [
    { path: "/billing", to: billing },
    { path: "/*", to: api },
  ],
});

export default system("shop", { parts: [front] });
