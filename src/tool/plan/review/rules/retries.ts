import { type Hop, outsideOf, trailOf } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure } from "../wording.ts";

/** What is tried again, and how often in all. Pure. */

/** From so many attempts for one request on, two levels of retries are a storm in waiting. */
const ATTEMPTS_MAX = 6;

/** Levels that each try again: attempts multiply. */
export const RETRIES_MULTIPLY: Rule = {
  id: "retries/multiply",
  checks: "whether retries multiply along a path",
  find: ({ hops }) => {
    const storms = hops.filter(isStorm);
    // Of storms around each other the innermost has all the attempts.
    const around = new Set(storms.flatMap(outsideOf));
    return storms.flatMap((hop): Found[] => {
      const levels = levelsOf(hop);
      const [outer = hop] = levels;
      const attempts = figure(attemptsOf(levels));
      if (around.has(hop)) return [];
      const free = levels.filter(({ budget }) => !budget);
      const times = levels.map(({ retries }) => 1 + retries).join(" × ");
      const bounded = levels.length - free.length;
      return [
        {
          severity: "risk",
          place: `${hop.place}.retries`,
          parts: trailOf(hop),
          title: `When ${hop.to.name} fails, each request is tried ${attempts} times`,
          reason: `Along ${trailOf(hop).join(" → ")} the attempts are ${times} = ${attempts}: what fails under load gets ${attempts} times the load${bounded > 0 ? `. A budget bounds ${bounded === 1 ? "one level" : `${bounded} levels`} of them to a fifth more once it is used up; still ${figure(worstFactor(levels))} times are left` : ""}.`,
          mend: `Try again at one level alone, the one nearest to ${hop.to.name}: in ${outer.place}, write retries: 0; and in ${hop.place}, budget: true.`,
        },
      ];
    });
  },
};

/** One level that nothing bounds. */
export const RETRIES_WITHOUT_BUDGET: Rule = {
  id: "retries/without-budget",
  checks: "whether a budget bounds what is tried again",
  find: ({ hops }) => {
    const storms = new Set(hops.filter(isStorm).flatMap(levelsOf));
    return hops.flatMap((hop): Found[] => {
      const { retries, budget, from, to, place } = hop;
      if (retries === 0 || budget || storms.has(hop)) return [];
      return [
        {
          severity: retries > 1 ? "risk" : "advice",
          place: `${place}.budget`,
          parts: [from.name, to.name],
          title: `${from.name} tries ${to.name} again without a budget`,
          reason: `When ${to.name} fails whole, ${figure(hop.perSecond)} calls a second become ${figure(hop.perSecond * (1 + retries))}, ${1 + retries} times the load, and keep it down. With a budget it gets a fifth more.`,
          mend: `Use a retryBudget, and write budget: true in ${place}.`,
        },
      ];
    });
  },
};

/** What changes something may be done twice. */
export const RETRIES_OF_WRITES: Rule = {
  id: "retries/of-writes",
  checks: "whether calls of requests that write are tried again",
  find: ({ hops }) =>
    hops.flatMap((hop): Found[] => {
      const { requests, from, to, retries, place } = hop;
      if (requests.kind !== "write" || from.kind === "edge" || retries === 0 || to.kind === "cache")
        return [];
      return [
        {
          severity: "question",
          place: `${place}.retries`,
          parts: [from.name, to.name],
          title: `May ${to.name} do the same twice when ${from.name} asks again?`,
          reason: `Requests of the class ${requests.name} write. An answer that is lost looks like a failure: the call is made up to ${1 + retries} times, and what has been done is done again, unless ${to.name} knows it by an idempotency key.`,
          mend: `Send a key with each write and let ${to.name} keep it, or write retries: 0 in ${place}.`,
        },
      ];
    }),
};

/** The steps to one, itself included, that try again by what the design says; the outermost first. An edge's default retry is of its own. */
function levelsOf(hop: Hop): readonly Hop[] {
  return [...outsideOf(hop).toReversed(), hop].filter(
    ({ retries, route }) => retries > 0 && (route === undefined || route.route.retries !== undefined),
  );
}

function attemptsOf(levels: readonly Hop[]): number {
  return levels.reduce((product, { retries }) => product * (1 + retries), 1);
}

function worstFactor(levels: readonly Hop[]): number {
  return levels.reduce((product, { retries, budget }) => product * (budget ? 1.2 : 1 + retries), 1);
}

function isStorm(hop: Hop): boolean {
  const levels = levelsOf(hop);
  return (
    levels.at(-1) === hop &&
    levels.length > 1 &&
    attemptsOf(levels) >= ATTEMPTS_MAX &&
    levels.some(({ budget }) => !budget)
  );
}
