import { posix } from "node:path";
import { isTest, type Problem, type Repository, type Source } from "./source.ts";

/** Where every error code is told to people. */
const PAGE = "docs/errors.md";

/** A code in a table such as `RUN_ERRORS`. */
interface Code {
  readonly code: string;
  readonly folder: string;
  readonly at: string;
}

/**
 * Compares the error tables (`export const …_ERRORS = {`, and `ANSWERS` for those that are answers) with the page that explains them. The page has a section per
 * folder, whose heading holds the folder in backticks, and in it a table row per code that begins with the code in
 * backticks.
 */
export function errorCodeProblems(repository: Repository): Problem[] {
  const codes = repository.sources.filter((source) => !isTest(source.path)).flatMap(codesOf);
  const rows = rowsOf(repository.textOf(PAGE) ?? "");
  const missing = codes
    .filter(({ code, folder }) => !rows.some((row) => row.code === code && row.folder === folder))
    .map(({ code, folder, at }) => ({
      at,
      wrong: `${code} is not explained in ${PAGE}`,
      instead: `add a row for it to the section whose heading names \`${folder}\``,
    }));
  const gone = rows
    .filter(({ code, folder }) => !codes.some((one) => one.code === code && one.folder === folder))
    .map(({ code, folder, line }) => ({
      at: `${PAGE}:${line}`,
      wrong: `${code} is in no error table of ${folder}`,
      instead: "take the row away",
    }));
  return [...missing, ...gone];
}

function codesOf(source: Source): Code[] {
  if (!source.path.startsWith("src/")) return [];
  const codes: Code[] = [];
  const folder = posix.dirname(source.path);
  const { tokens } = source;
  tokens.forEach((token, index) => {
    const begins = /_ERRORS$|^ANSWERS$/.test(token.text) && tokens[index - 1]?.text === "const";
    if (!begins) return;
    const opening = tokens.findIndex((one, at) => at > index && one.text === "=") + 1;
    if (tokens[opening]?.text !== "{") return;
    let open = 0;
    for (let at = opening; at < tokens.length; at++) {
      const one = tokens[at];
      if (!one) break;
      if (one.kind === "mark" && "{[(".includes(one.text)) open++;
      if (one.kind === "mark" && "}])".includes(one.text) && --open === 0) break;
      const isKey = open === 1 && tokens[at + 1]?.text === ":" && /^[A-Z][A-Z0-9_]+$/.test(one.text);
      if (isKey) codes.push({ code: one.text, folder, at: `${source.path}:${one.line}` });
    }
  });
  return codes;
}

function rowsOf(page: string): { code: string; folder: string; line: number }[] {
  const rows: { code: string; folder: string; line: number }[] = [];
  let folder = "";
  page.split("\n").forEach((text, index) => {
    if (text.startsWith("#")) folder = /`([^`]+)`/.exec(text)?.[1] ?? "";
    const code = /^\| `([A-Za-z_0-9]+)` \|/.exec(text)?.[1];
    if (code !== undefined) rows.push({ code, folder, line: index + 1 });
  });
  return rows;
}
