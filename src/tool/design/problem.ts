import { isAbsolute, relative } from "node:path";

/** One thing that is wrong in a design. */
export interface Problem {
  /** The file, as an absolute path. */
  readonly file: string;
  /** Counted from 1, where it is known. */
  readonly line?: number;
  readonly column?: number;
  /** The place in the design, such as `front.routes[0].to`; empty when it is the file as a whole. */
  readonly path: string;
  /** What is wrong, as a sentence without its full stop. */
  readonly message: string;
  /** What to do about it, in one or two sentences. */
  readonly mend: string;
}

/**
 * Problems as people read them, without colour: three lines each (where; what is wrong; what to do) and an empty line
 * between two. Files are shown relative to `options.folder` when they are in it.
 */
export function formatProblems(problems: readonly Problem[], options: { folder?: string } = {}): string {
  return problems.map((problem) => formatProblem(problem, options.folder)).join("\n\n");
}

function formatProblem(problem: Problem, folder: string | undefined): string {
  const { line, column, path, message, mend } = problem;
  const position = [line, column].flatMap((one) => (one === undefined ? [] : [`:${one}`])).join("");
  const where = `${shownFile(problem.file, folder)}${position}`;
  return [path === "" ? where : `${where}  ${path}`, `  ${message}.`, `  ${mend}`].join("\n");
}

function shownFile(file: string, folder: string | undefined): string {
  if (folder === undefined) return file;
  const path = relative(folder, file);
  if (path === "") return ".";
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}
