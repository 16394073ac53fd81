import { checkSystem } from "../../../design/check/system.ts";
import {
  type CacheOptions,
  cache,
  type DatabaseOptions,
  database,
  type EdgeOptions,
  edge,
  type Part,
  type ServiceOptions,
  type ServicePart,
  type System,
  type SystemOptions,
  service,
  system,
} from "../../../design/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import type { Finding } from "../../plan-answer.ts";
import { resolveSystem } from "../../resolve/index.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { type ReviewedEstimate, review } from "../index.ts";

/** A rule with a design that it finds fault with, and one beside it, nearly the same, that is in order. */
export interface RuleCase {
  readonly rule: string;
  readonly severity: Finding["severity"];
  /** Where it is found. */
  readonly place: string;
  readonly wrong: Reviewed;
  readonly right: Reviewed;
}

/** A design, and what a test says of it beyond what the language can. */
export type Reviewed = System | (As & { readonly design: System });

interface As {
  readonly resolved?: (resolved: ResolvedSystem) => ResolvedSystem;
  readonly estimate?: ReviewedEstimate;
}

/** The checked model of a design, which has to be in order. */
export function modelOf(design: System): SystemModel {
  const { model, findings } = checkSystem(design, { folder: "/", environment: {} });
  const [first] = findings;
  if (first) throw new Error(`the design of a test is refused: ${first.path}: ${first.message}`);
  return model;
}

/** What a review finds. */
export function findingsOf(reviewed: Reviewed): Finding[] {
  const { design, resolved, estimate } =
    "design" in reviewed ? reviewed : ({ design: reviewed } as As & { design: System });
  const model = modelOf(design);
  const simple = resolveSystem(model);
  return review(model, resolved?.(simple) ?? simple, estimate);
}

/** Options of a service beside its program. */
export type ProgramOptions = Partial<Omit<ServiceOptions, "url" | "run" | "command">>;

/** A service of any program. */
export function program(name: string, options: ProgramOptions = {}): ServicePart {
  return service(name, { ...options, command: ["program"] });
}

/** What a system says beside its parts. */
type Saying = Partial<Omit<SystemOptions, "parts" | "requests">>;

/** A system of an edge, called `front`, before one service. */
export function behindFront(to: ServicePart, front: Partial<EdgeOptions> = {}, saying: Saying = {}): System {
  return system("shop", {
    ...saying,
    parts: [edge("front", { routes: [{ path: "/*", to }], ...front } as EdgeOptions)],
  });
}

/** What may be said of a shop with a cache. */
interface CachedShop extends Saying {
  readonly links?: DatabaseOptions;
  readonly hot?: CacheOptions;
  readonly api?: ProgramOptions;
  readonly keys?: { readonly count: number; readonly skew?: number };
  readonly request?: string;
}

/** An edge `front`, a service `api`, and behind it a database `links` and a cache `hot`. One class of requests, `ask`, if it has keys. */
export function cachedShop(options: CachedShop = {}): System {
  const { links, hot, api, keys, request = "GET /:id", ...saying } = options;
  const uses: Record<string, Part> = { links: database("links", links), hot: cache("hot", hot) };
  const front = edge("front", { routes: [{ path: "/*", to: program("api", { uses, ...api }) }] });
  return system("shop", {
    ...saying,
    ...(keys ? { requests: { ask: { to: front, request, keys } } } : {}),
    parts: [front],
  });
}
