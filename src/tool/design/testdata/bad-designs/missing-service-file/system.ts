import { service, system } from "trestle";

const api = service("api", { run: "./sevice.ts" });
const worker = service("worker", { run: "worker.py", folder: "./worker" });

export default system("shop", { parts: [api, worker] });
