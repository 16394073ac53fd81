import { edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });
const front = edge("front", {
  port: 80_800,
  host: "example.com",
  routes: [
    { path: "api", to: api },
    { path: "/api/*/items", to: api },
    { path: "/items", to: api },
    { path: "/items", to: api },
  ],
});
const back = edge("back", { routes: [] });

export default system("shop", { parts: [front, back] });
