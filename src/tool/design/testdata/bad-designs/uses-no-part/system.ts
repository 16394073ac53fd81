import { database, service, system } from "trestle";

const links = database("links");
const api = service("api", {
  command: ["python3", "app.py"],
  uses: { links: "links", queue: { kind: "log" } },
});
const admin = service("admin", { command: ["python3", "admin.py"], uses: links });

export default system("shop", { parts: [api, admin, "front", undefined] });
