import { service, system } from "trestle";

const api = service("api", { run: "./service.ts", command: ["node", "service.js"] });
const worker = service("worker", { command: "python3 worker.py" });
const idle = service("idle", {});

export default system("shop", { parts: [api, worker, idle] });
