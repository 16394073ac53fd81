import { service, system } from "trestle";

const orders = service("orders", { command: ["python3", "orders.py"], uses: { payments } });
const payments = service("payments", { command: ["python3", "payments.py"], uses: { orders } });

export default system("shop", { parts: [orders] });
