import { cache, edge, service, system } from "trestle";

const hot = cache("hot", { plan: { itemSize: "-1 B", copies: 0 } });
const api = service("api", {
  command: ["python3", "app.py"],
  uses: { hot },
  plan: { work: { read: { time: "fast", calls: { cold: 1, hot: { times: -1, retrys: 2 } } }, write: {} }, zones: 0.5 },
});
const front = edge("front", { routes: [{ path: "/*", to: api }] });

export default system("shop", {
  requests: {
    read: { to: front, request: "FETCH it", share: "60%", keys: { skew: 9 } },
    write: { to: hot, request: "POST /x", share: "60%" },
    default: { to: api, request: "/y", share: 0 },
  },
  parts: [front],
});
