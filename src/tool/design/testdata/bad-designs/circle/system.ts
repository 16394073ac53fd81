import { type ServicePart, service, system } from "trestle";

const orders: ServicePart = service("orders", {
  command: ["python3", "orders.py"],
  uses: () => ({ payments }),
});
const payments: ServicePart = service("payments", { command: ["python3", "payments.py"], uses: { orders } });

export default system("shop", { parts: [payments] });
