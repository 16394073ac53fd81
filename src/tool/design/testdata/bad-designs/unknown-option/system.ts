import { edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"], replica: 2, colour: "green" });
const front = edge("front", { ports: 8080, routes: [{ path: "/*", too: api }] });

export default system("shop", { require: { availability: "99.9%" }, parts: [front, api] });
