import { edge, service, system } from "trestle";

const prices = service("prices", { run: "./prices/service.ts", health: "/healthz" });

/** The same shop twice: with policies around its dependency, and without. */
const shop = service("shop", { run: "./shop/service.ts", uses: { prices }, health: "/healthz" });
const bareShop = service("bare-shop", {
  run: "./shop/service.ts",
  uses: { prices },
  health: "/healthz",
  environment: { POLICIES: "off" },
});

const front = edge("front", {
  port: 8090,
  routes: [
    { path: "/*", to: shop },
    { path: "/bare", to: bareShop },
    { path: "/slowness", to: prices },
  ],
});

export default system("slow-dependency", {
  requires: { latency: { p99: "250 ms" }, availability: "99.9%" },
  parts: [front],
});
