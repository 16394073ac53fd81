import { service, system } from "trestle";

const hot = cache("hot");
const api = service("api", { command: ["python3", "app.py"], uses: { hot } });

export default system("shop", { parts: [api] });
