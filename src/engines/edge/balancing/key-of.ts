import type { HashKeyConfig } from "../config/index.ts";
import { clientNetwork } from "./client-network.ts";
import type { RequestFacts } from "./request-facts.ts";
import { stableHash } from "./stable-hash.ts";

/**
 * The hash by which a request belongs together with others: 32 bits, unsigned, the same in every process. Undefined
 * when the request does not have what the key is made from, or has it empty. Pure.
 */
export function keyOf(config: HashKeyConfig, facts: RequestFacts): number | undefined {
  const text = textOf(config, facts);
  return text === undefined || text === "" ? undefined : stableHash(text);
}

function textOf(config: HashKeyConfig, facts: RequestFacts): string | undefined {
  switch (config.from) {
    case "ip":
      return clientNetwork(facts.clientAddress);
    case "header":
      return facts.header(config.name);
    case "cookie":
      return facts.cookie(config.name);
    case "query":
      return facts.query(config.name);
    case "path":
      return facts.path;
  }
}
