import { ALLOWED_CLOCKS, type Allowed, PURE } from "./allowed.ts";
import { isOfBundle, isTest, type Problem, type Repository, resolved, type Source } from "./source.ts";
import type { Token } from "./tokens.ts";

/** What is excepted, and what is held to more. */
export interface CodeLists {
  readonly clocks: readonly Allowed[];
  readonly pure: readonly RegExp[];
}

/** Finds, inside files, what the house does not allow there. */
export function codeProblems(
  repository: Repository,
  lists: CodeLists = { clocks: ALLOWED_CLOCKS, pure: PURE },
): Problem[] {
  const problems = repository.sources.flatMap((source) => [
    ...importProblems(source, repository),
    ...pureProblems(source, lists.pure),
    ...(isTest(source.path) ? testProblems(source) : clockProblems(source, lists.clocks)),
  ]);
  return [...problems, ...staleProblems(repository, lists.clocks)];
}

function importProblems(source: Source, repository: Repository): Problem[] {
  return source.imports.flatMap((one): Problem[] => {
    const at = `${source.path}:${one.line}`;
    if (one.star) {
      return [{ at, wrong: "`export *` hides what the file exports", instead: "name each export" }];
    }
    if (one.how === "path" || !one.specifier.startsWith(".") || isOfPage(source.path)) return [];
    const target = resolved(source.path, one.specifier);
    if (repository.has(target)) return [];
    const stem = target.replace(/\.[mc]?js$/, "");
    const meant = [`${stem}.ts`, `${stem}/index.ts`].find((path) => repository.has(path));
    const wrong = `"${one.specifier}" names no file`;
    if (!meant) return [{ at, wrong, instead: "mend the path" }];
    const ending = meant.slice(stem.length);
    return [{ at, wrong, instead: `write "${one.specifier.replace(/\.[mc]?js$/, "")}${ending}"` }];
  });
}

/** What a browser loads names paths of the server, not of the repository. */
function isOfPage(path: string): boolean {
  return /\/page\/.*\.js$/.test(path);
}

function pureProblems(source: Source, pure: readonly RegExp[]): Problem[] {
  if (isTest(source.path) || !pure.some((pattern) => pattern.test(source.path))) return [];
  return source.imports
    .filter((one) => one.specifier.startsWith("node:") && !one.typeOnly)
    .map((one) => ({
      at: `${source.path}:${one.line}`,
      wrong: `an engine without I/O imports ${one.specifier}`,
      instead: "take what it gives as an argument, or move that work into the shell around the engine",
    }));
}

// ---- time and chance ----

const TAKE_A_CLOCK = "take a Clock (src/blocks/time) as an argument, so that a test can move it";
const TAKE_A_RANDOM = "take a Random (src/blocks/time) as an argument, so that a test can repeat it";

/** What a file may not call, as the words and marks that make up the call. */
const CLOCKS_AND_DICE: readonly { readonly call: string; readonly instead: string }[] = [
  { call: "Date . now", instead: TAKE_A_CLOCK },
  { call: "new Date ( )", instead: TAKE_A_CLOCK },
  { call: "performance . now", instead: TAKE_A_CLOCK },
  { call: "process . hrtime", instead: TAKE_A_CLOCK },
  { call: "AbortSignal . timeout", instead: TAKE_A_CLOCK },
  { call: "setTimeout (", instead: TAKE_A_CLOCK },
  { call: "setInterval (", instead: TAKE_A_CLOCK },
  { call: "Math . random", instead: TAKE_A_RANDOM },
];

/** Systems are written as users write them; a script, a benchmark or a page lives in real time. */
function keepsTime(path: string): boolean {
  return (
    !path.startsWith("src/") ||
    isOfBundle(path) ||
    path.startsWith("src/blocks/time/") ||
    /(^|\/)main\.ts$|\/template\//.test(path)
  );
}

function clockProblems(source: Source, allowed: readonly Allowed[]): Problem[] {
  if (keepsTime(source.path) || allowed.some((one) => one.path === source.path)) return [];
  return clockCalls(source);
}

function clockCalls(source: Source): Problem[] {
  const problems: Problem[] = [];
  source.tokens.forEach((token, index) => {
    for (const { call, instead } of CLOCKS_AND_DICE) {
      if (!callsAt(source.tokens, index, call.split(" "))) continue;
      const name = call.replaceAll(/ ?([.()]) ?/g, "$1").replace(/\($/, "");
      problems.push({
        at: `${source.path}:${token.line}`,
        wrong: `${name} outside src/blocks/time`,
        instead,
      });
    }
  });
  for (const one of source.imports) {
    if (!/^node:timers(\/promises)?$/.test(one.specifier) || one.typeOnly) continue;
    problems.push({
      at: `${source.path}:${one.line}`,
      wrong: `${one.specifier} outside src/blocks/time`,
      instead: TAKE_A_CLOCK,
    });
  }
  return problems;
}

/** Whether the call begins there and is the global's, not a method of that name (`socket.setTimeout(…)`). */
function callsAt(tokens: readonly Token[], index: number, call: readonly string[]): boolean {
  if (!call.every((text, offset) => isCode(tokens[index + offset], text))) return false;
  const before = tokens[index - 1];
  if (before?.text === "." || before?.text === "function") return tokens[index - 2]?.text === "globalThis";
  // A method being declared: `setTimeout(…) {` in a class or an object, where a call cannot stand.
  return !(call.at(-1) === "(" && declaresAt(tokens, index + call.length));
}

/** Whether the parenthesis that was just opened closes before a `{` or a `:`, as in a method's declaration. */
function declaresAt(tokens: readonly Token[], index: number): boolean {
  let open = 1;
  for (let at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (isCode(token, "(")) open++;
    if (isCode(token, ")") && --open === 0) {
      const after = tokens[at + 1];
      return isCode(after, "{") || isCode(after, ":");
    }
  }
  return false;
}

function isCode(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.text === text && (token.kind === "word" || token.kind === "mark");
}

function staleProblems(repository: Repository, allowed: readonly Allowed[]): Problem[] {
  return allowed.flatMap((one) => {
    const source = repository.sources.find(({ path }) => path === one.path);
    if (source && clockCalls(source).length > 0) return [];
    return [
      {
        at: "scripts/tidy/allowed.ts:1",
        wrong: `${one.path} is allowed clocks that it does not use`,
        instead: "take its line out of ALLOWED_CLOCKS",
      },
    ];
  });
}

// ---- tests ----

const TEST_FUNCTIONS = new Set(["test", "it", "describe", "suite"]);
const TEST_FOLDERS = /^(src|systems|bench|scripts)\//;

function testProblems(source: Source): Problem[] {
  const problems: Problem[] = [];
  if (!TEST_FOLDERS.test(source.path)) {
    problems.push({
      at: `${source.path}:1`,
      wrong: "`npm test` does not look here",
      instead: "move the test into src, systems, bench or scripts, beside what it tests",
    });
  }
  const isPeer = source.path.endsWith(".peer.test.ts");
  source.tokens.forEach((token, index) => {
    const at = `${source.path}:${token.line}`;
    const [next, third, fourth] = [1, 2, 3].map((offset) => source.tokens[index + offset]);
    if (TEST_FUNCTIONS.has(token.text) && isCode(next, ".") && isCode(third, "only")) {
      const wrong = `${token.text}.only leaves every other test out`;
      problems.push({ at, wrong, instead: "take .only away" });
    }
    if (isCode(token, "only") && isCode(next, ":") && isCode(third, "true")) {
      problems.push({ at, wrong: "`only: true` leaves every other test out", instead: "take it away" });
    }
    const isOption = isCode(token, "skip") && isCode(next, ":");
    const isCall = isCode(token, ".") && isCode(next, "skip") && isCode(third, "(");
    if (isPeer && (isOption || isCall)) {
      const wrong = "a peer's test is skipped";
      problems.push({
        at,
        wrong,
        instead: "let it fail where the peer is missing, and name the package that brings it",
      });
    } else if (isOption && isCode(third, "true")) {
      problems.push({ at, wrong: "a test is skipped without a reason", instead: 'write skip: "the reason"' });
    } else if (isCall && (TEST_FUNCTIONS.has(source.tokens[index - 1]?.text ?? "") || isCode(fourth, ")"))) {
      // `t.skip("why")` gives a reason; `test.skip("name", …)` gives a name only.
      const instead = 'write { skip: "the reason" } or t.skip("the reason")';
      problems.push({ at, wrong: "a test is skipped without a reason", instead });
    }
  });
  return problems;
}
