import { database, service, system } from "trestle";

const accounts = database("accounts", { migrations: "./migration" });
const api = service("api", { command: ["python3", "app.py"], uses: { accounts } });

export default system("shop", { parts: [api] });
