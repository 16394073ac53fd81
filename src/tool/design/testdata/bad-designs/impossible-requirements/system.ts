import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });

export default system("shop", {
  requires: {
    traffic: { dailyUsers: "10M", rate: "100/fortnight" },
    latency: { p50: "80 ms", p99: "20 ms" },
    availability: 99.99,
    durability: "100%",
    retention: "5 yers",
    data: { recordSize: "-1 kB" },
  },
  parts: [api],
});
