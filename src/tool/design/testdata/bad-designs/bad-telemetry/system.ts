import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });

export default system("shop", {
  telemetry: {
    traces: { share: 2, perSecond: 0, slow: "fast", sampel: "1%" },
    forward: "localhost:4318",
    record: "yes",
  },
  parts: [api],
});
