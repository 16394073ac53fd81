import { service } from "trestle";

export default service("api", { command: ["python3", "app.py"] });
