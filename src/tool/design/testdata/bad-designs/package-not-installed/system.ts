import { readConfig } from "shop-config-that-is-not-installed";
import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"], replicas: readConfig().replicas });

export default system("shop", { parts: [api] });
