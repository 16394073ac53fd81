import { service, system } from "trestle";

function readReplicas(): number {
  throw new Error("REPLICAS is not set");
}

const api = service("api", { command: ["python3", "app.py"], replicas: readReplicas() });

export default system("shop", { parts: [api] });
