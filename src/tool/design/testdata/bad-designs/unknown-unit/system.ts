import { cache, service, system } from "trestle";

const hot = cache("hot", { memory: "64 MIB" });
const api = service("api", { command: ["python3", "app.py"], uses: { hot }, startTimeout: "20 parsecs" });

export default system("shop", {
  requires: { traffic: { dailyUsers: "10m", requestsPerUserPerDay: 20 }, latency: { p99: "200" } },
  parts: [api],
});
