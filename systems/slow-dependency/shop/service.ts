import { createServer } from "node:http";
import {
  bulkhead,
  type CallContext,
  circuitBreaker,
  fallback,
  lastGood,
  policy,
  retry,
  timeout,
  timeWindow,
} from "trestle/resilience";

/*
 * The service: tells a price that it asks its dependency for. `POLICIES=off` leaves the policies out, so that the two can be
 * compared; nothing else differs.
 */

const { PORT, PRICES_URL } = process.env;
if (!PORT || !PRICES_URL)
  throw new Error("PORT and PRICES_URL must be set: where to listen, and where prices are");

interface Price {
  readonly cents: number;
}

const policies = policy(
  // The last price is better than none, and a stated guess better than an error.
  fallback(lastGood<Price>({ ageMsMax: 60_000 }), (): Price => ({ cents: 2_000 })),
  // However often it is tried, a visitor waits no longer than this.
  timeout(250),
  retry({ attempts: 2, backOff: { firstMs: 20 } }),
  circuitBreaker({ trip: timeWindow({ windowMs: 2_000, minimumCalls: 10 }), openMs: 1_000 }),
  // Ten times what is under way on a good day.
  bulkhead({ concurrent: 20 }),
  // Twenty times what a price takes.
  timeout(100),
);

async function priceOf({ signal }: Pick<CallContext, "signal">): Promise<Price> {
  const response = await fetch(`${PRICES_URL}/price`, { signal });
  if (!response.ok) throw new Error(`prices answered ${response.status}`);
  return (await response.json()) as Price;
}

const server = createServer(async (request, response) => {
  request.resume();
  if (request.url === "/healthz") {
    response.end("ok");
    return;
  }
  try {
    let isFresh = false;
    const work = async (context: Pick<CallContext, "signal">) => {
      const price = await priceOf(context);
      isFresh = true;
      return price;
    };
    const price =
      process.env.POLICIES === "off"
        ? await work({ signal: new AbortController().signal })
        : await policies.run(work, { key: "price" });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...price, fresh: isFresh }));
  } catch {
    response.statusCode = 502;
    response.end();
  }
});
server.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
