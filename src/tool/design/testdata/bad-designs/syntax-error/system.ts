import { service, system } from "trestle";

const api = service("api", {
  command: ["python3", "app.py"]
  replicas: 2,
});

export default system("shop", { parts: [api] });
