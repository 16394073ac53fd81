import { checkSystem } from "../../../design/check/system.ts";
import {
  cache,
  database,
  edge,
  type Requirements,
  type ServiceOptions,
  type ServicePart,
  type System,
  service,
  system,
} from "../../../design/index.ts";
import type { SystemModel } from "../../../design/model.ts";

/** Designs as people write them, each with something else to be said of it. */

/** The checked model of a design, which has to be in order. */
export function modelOf(design: System): SystemModel {
  const { model, findings } = checkSystem(design, { folder: "/", environment: {} });
  const [first] = findings;
  if (first) throw new Error(`the design of a test is refused: ${first.path}: ${first.message}`);
  return model;
}

/** A service of any program. */
export function program(
  name: string,
  options: Partial<Omit<ServiceOptions, "url" | "run" | "command">> = {},
): ServicePart {
  return service(name, { ...options, command: ["program"] });
}

/** Holds everything that it states, with something to spare: two of all, in two zones. */
export function bookshop(requires: Requirements = BOOKSHOP): System {
  const twice = { copies: 2, zones: 2, availability: "99.95%", pricePerMonth: 120 } as const;
  const books = database("books", { plan: { ...twice, backupEvery: "1 day", failover: "30 s" } });
  const pages = cache("pages", { memory: "1 GiB", plan: { ...twice, pricePerMonth: 40 } });
  const shop = program("shop", {
    replicas: 4,
    uses: { books, pages },
    plan: { zones: 2, pricePerMonth: 25, work: { default: { time: "2 ms" } } },
  });
  const front = edge("front", {
    workers: 2,
    routes: [{ path: "/*", to: shop }],
    plan: { copies: 2, zones: 2, pricePerMonth: 20 },
  });
  return system("bookshop", { requires, parts: [front] });
}

const BOOKSHOP: Requirements = {
  traffic: { rate: "200/s", peak: 3, reads: "95%" },
  latency: { p50: "20 ms", p99: "150 ms" },
  availability: "99.9%",
  durability: "99.99%",
  retention: "5 years",
  data: { recordSize: "2 kB" },
  growthPerYear: "40%",
};

/** More comes at the peak than one of its services can work off. */
export function ticketSale(): System {
  const seats = database("seats", { plan: { copies: 2, zones: 2, availability: "99.95%" } });
  const sale = program("sale", {
    replicas: 3,
    uses: { seats },
    plan: { zones: 2, work: { default: { time: "5 ms" } } },
  });
  const front = edge("front", { workers: 2, routes: [{ path: "/*", to: sale }] });
  return system("ticket-sale", {
    requires: { traffic: { rate: "200/s", peak: 10, reads: "80%" }, latency: { p99: "300 ms" } },
    parts: [front],
  });
}

/** Nothing is full, but one part is so busy that requests wait for it too long. */
export function busyBank(): System {
  const accounts = database("accounts", { plan: { concurrency: 8, work: { default: { time: "7 ms" } } } });
  const bank = program("bank", {
    replicas: 4,
    uses: { accounts },
    plan: { work: { default: { time: "1 ms" } } },
  });
  const front = edge("front", { routes: [{ path: "/*", to: bank }] });
  return system("bank", {
    requires: {
      traffic: { rate: "1100/s", peak: 1 },
      latency: { p50: "20 ms", p99: "40 ms" },
      durability: "99.999999%",
    },
    parts: [front],
  });
}

/** Too slow however few come: the work itself takes longer than is allowed. */
export function slowReports(): System {
  const figures = database("figures");
  const reports = program("reports", {
    replicas: 20,
    uses: { figures },
    plan: {
      work: {
        view: { time: "3 ms", calls: { figures: 1 } },
        render: { time: "400 ms", calls: { figures: 12 } },
      },
    },
  });
  const front = edge("front", { routes: [{ path: "/*", to: reports }] });
  return system("reports", {
    requires: {
      traffic: { rate: "50/s", peak: 2 },
      latency: { p99: "250 ms" },
      durability: "99.999%",
      retention: "10 years",
    },
    requests: {
      view: { to: front, request: "GET /reports/:id", share: "96%" },
      render: { to: front, request: "POST /reports", share: "4%" },
    },
    parts: [front],
  });
}

/** One of everything, and more nines than that gives. */
export function aloneAtNight(): System {
  const beds = database("beds", { plan: { backupEvery: "1 day" } });
  const ward = program("ward", { uses: { beds } });
  const front = edge("front", { routes: [{ path: "/*", to: ward }] });
  return system("hospital", {
    requires: { traffic: { rate: "20/s" }, availability: "99.95%", durability: "99.9999%" },
    parts: [front],
  });
}

/** Follows its load, and asks somebody outside. */
export function payments(): System {
  const provider = service("provider", {
    url: "https://provider.example",
    plan: { availability: "99.9%", work: { default: { time: "80 ms", spread: 0.5 } } },
  });
  const pay = program("pay", {
    replicas: { min: 2, max: 8, target: { cpu: "60%" } },
    uses: { provider },
    plan: { concurrency: 50, work: { default: { time: "4 ms" } } },
  });
  const front = edge("front", { workers: 2, routes: [{ path: "/*", to: pay }], plan: { copies: 2 } });
  return system("payments", {
    requires: {
      traffic: { rate: "150/s", peak: 4, reads: "50%" },
      latency: { p95: "200 ms", p99: "400 ms" },
      availability: "99.95%",
    },
    parts: [front],
  });
}
