import type { Random } from "../../../blocks/time/index.ts";
import type { BalanceConfig, HashKeyConfig } from "../config/index.ts";
import type { Balancer, Candidate } from "./balancer.ts";
import { ConsistentHash } from "./consistent-hash.ts";
import { LeastConnections } from "./least-connections.ts";
import { LeastResponseTime } from "./least-response-time.ts";
import { PowerOfTwo } from "./power-of-two.ts";
import { RandomChoice } from "./random-choice.ts";
import { Rendezvous } from "./rendezvous.ts";
import { RoundRobin } from "./round-robin.ts";
import { WeightedRoundRobin } from "./weighted-round-robin.ts";

/**
 * The balancer that a configuration asks for (default: round robin), still without members. `random` decides lots.
 * Pure.
 */
export function balancerOf<Member extends Candidate>(
  config: BalanceConfig | undefined,
  random: Random,
): Balancer<Member> {
  if (!config) return new RoundRobin();
  switch (config.algorithm) {
    case "round-robin":
      return new RoundRobin();
    case "weighted-round-robin":
      return new WeightedRoundRobin();
    case "least-connections":
      return new LeastConnections({ weighted: false });
    case "weighted-least-connections":
      return new LeastConnections({ weighted: true });
    case "least-response-time":
      return new LeastResponseTime(random, { decayMs: config.decayMs });
    case "random":
      return new RandomChoice(random);
    case "power-of-two":
      return new PowerOfTwo(random);
    case "ip-hash":
      return new Rendezvous();
    case "consistent-hash":
      return new ConsistentHash({ loadFactor: config.loadFactor });
  }
}

/**
 * The key that draws need the hash of: see `keyOf`. Undefined where the algorithm knows none, and nothing has to be
 * read.
 */
export function neededKey(config: BalanceConfig | undefined): HashKeyConfig | undefined {
  switch (config?.algorithm) {
    case "ip-hash":
      return { from: "ip" };
    case "consistent-hash":
      return config.key;
    default:
      return undefined;
  }
}
