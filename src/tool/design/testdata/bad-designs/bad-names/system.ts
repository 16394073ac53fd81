import { cache, database, service, system } from "trestle";

const sessions = cache("userSessions");
const orders = database("2nd orders");
const runs = database("runs");
const api = service("api", {
  command: ["python3", "app.py"],
  uses: { userLinks: sessions, user_links: orders, runs },
});

export default system("My Shop", { parts: [api] });
