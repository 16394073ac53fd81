import { cache, database, service, system } from "trestle";

const links = database("links");
const recent = cache("links");
const api = service("api", { command: ["python3", "app.py"], uses: { links, recent } });

export default system("shop", { parts: [api] });
