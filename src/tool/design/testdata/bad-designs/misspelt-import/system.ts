import { servise, system } from "trestle";

const api = servise("api", { command: ["python3", "app.py"] });

export default system("shop", { parts: [api] });
