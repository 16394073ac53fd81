import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"], health: "healthz" });
const admin = service("admin", { command: ["python3", "admin.py"], health: "http://localhost/healthz" });

export default system("shop", { parts: [api, admin] });
