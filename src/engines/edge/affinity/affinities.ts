import type { Candidate } from "../balancing/balancer.ts";
import type { AffinityConfig } from "../config/index.ts";
import type { Affinity, AffinityContext } from "./affinity.ts";
import { CookieAffinity } from "./cookie-affinity.ts";
import { KeyAffinity } from "./key-affinity.ts";

/** The affinity that a configuration asks for. @throws RangeError when `affinityProblem` has something to say. */
export function affinityOf<Member extends Candidate>(
  config: AffinityConfig,
  context: AffinityContext,
): Affinity<Member> {
  const problem = affinityProblem(config);
  if (problem !== undefined) throw new RangeError(problem);
  switch (config.by) {
    case "cookie":
      return new CookieAffinity(config, context);
    case "ip":
      return new KeyAffinity({ from: "ip" });
    case "header":
      return new KeyAffinity({ from: "header", name: config.name });
  }
}

/** Shorter secrets could be guessed, given one cookie and time. */
const SECRET_CHARACTERS_MIN = 16;

/** Names as RFC 9110, section 5.6.2, has them: tokens, which cookies and fields are named by alike. */
const TOKEN = /^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,128}$/;

/** What is wrong with a configuration, as the end of a sentence that names its place; undefined when nothing is. */
export function affinityProblem(config: AffinityConfig): string | undefined {
  if (config.by === "ip") return undefined;
  if (config.name !== undefined && !TOKEN.test(config.name)) {
    return `has a name that is no token of at most 128 characters: ${JSON.stringify(config.name)}`;
  }
  if (config.by === "header") return undefined;
  const { maxAgeMs, secret } = config;
  if (maxAgeMs !== undefined && !(maxAgeMs >= 1_000 && maxAgeMs <= Number.MAX_SAFE_INTEGER)) {
    return `has a maxAgeMs of ${maxAgeMs}; it is at least 1000`;
  }
  if (secret !== undefined && secret.length < SECRET_CHARACTERS_MIN) {
    return `has a secret of ${secret.length} characters; it needs at least ${SECRET_CHARACTERS_MIN}`;
  }
  return undefined;
}
