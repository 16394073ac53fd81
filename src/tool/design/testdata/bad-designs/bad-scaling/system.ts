import { service, system } from "trestle";

const command = ["python3", "app.py"];

export default system("shop", {
  parts: [
    service("none", { command, replicas: {} }),
    service("zero", { command, replicas: { min: 0, max: 0 } }),
    service("turned-round", { command, replicas: { min: 4, max: 2 } }),
    service("misspelt", { command, replicas: { minimum: 1, max: 6, targets: { cpu: "70%" } } }),
    service("aimless", { command, replicas: { max: 6, target: {} } }),
    service("by-number", { command, replicas: { max: 6, target: { cpu: 70, requestsPerSecond: "20" } } }),
    service("by-size", { command, replicas: { max: 6, target: { cpu: "0%", memory: "200", concurrency: 0 } } }),
    service("paces", {
      command,
      replicas: {
        max: 6,
        scaleUp: true,
        scaleDown: { stabilization: "2 h", policies: [], select: "most", tolerance: "110%", window: "5 min" },
      },
    }),
    service("policies", {
      command,
      replicas: {
        max: 6,
        scaleUp: {
          policies: [
            { period: "15 s" },
            { replicas: 4, percent: 100, period: "15 s" },
            { replicas: 0, period: "15 s" },
            { percent: 10.5, period: "10 ms" },
            { type: "Pods", value: 4, periodSeconds: 15 },
          ],
        },
      },
    }),
    service("ahead", { command, replicas: { max: 6, predictive: { by: "concurrency", headroom: 20, lead: "2 days" } } }),
    service("ahead-by-memory", { command, replicas: { max: 6, target: { memory: "1 GiB" }, predictive: true } }),
    service("ahead-by-words", { command, replicas: { max: 6, predictive: "daily" } }),
  ],
});
