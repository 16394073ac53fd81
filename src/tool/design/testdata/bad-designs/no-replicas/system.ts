import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"], replicas: 0 });
const worker = service("worker", { command: ["python3", "worker.py"], replicas: 2.5 });

export default system("shop", { parts: [api, worker] });
