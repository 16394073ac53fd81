import { service, system } from "trestle";

const api = service("api", { command: ["python3", "app.py"] });

export const shop = system("shop", { parts: [api] });
