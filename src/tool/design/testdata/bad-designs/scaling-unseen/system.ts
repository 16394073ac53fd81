import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"], replicas: { max: 6 } });

export default system("shop", { telemetry: false, parts: [api] });
