import { edge, service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });
const front = edge("front", { port: 8080, routes: [{ path: "/*", to: api }] });
const back = edge("back", { port: 8080, host: "0.0.0.0", routes: [{ path: "/*", to: api }] });

export default system("shop", { parts: [front, back] });
