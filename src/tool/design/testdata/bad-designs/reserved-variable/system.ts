import { database, service, system } from "trestle";

const links = database("links");
const api = service("api", {
  command: ["python3", "app.py"],
  uses: { links },
  environment: { PORT: "8000", LINKS_URL: "postgres://elsewhere/links", LOG_LEVEL: 3, "MAX-AGE": "5" },
});

export default system("shop", { parts: [api] });
