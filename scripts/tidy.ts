import { join } from "node:path";
import { circleProblems } from "./tidy/circles.ts";
import { codeProblems } from "./tidy/code.ts";
import { errorCodeProblems } from "./tidy/error-codes.ts";
import { fileProblems } from "./tidy/files.ts";
import { layerProblems } from "./tidy/layers.ts";
import { type Problem, type Repository, readRepository } from "./tidy/source.ts";

/** Every rule of the house that neither the compiler nor the linter knows. */
export function tidyProblems(repository: Repository): Problem[] {
  return [
    ...layerProblems(repository),
    ...circleProblems(repository),
    ...fileProblems(repository),
    ...codeProblems(repository),
    ...errorCodeProblems(repository),
  ];
}

/** A problem as a person reads it. */
export function problemText({ at, wrong, instead }: Problem): string {
  return `${at}  ${wrong}\n    ${instead}`;
}

if (import.meta.main) {
  const repository = readRepository(join(import.meta.dirname, ".."));
  const problems = tidyProblems(repository);
  for (const problem of problems) console.error(problemText(problem));
  if (problems.length > 0) process.exitCode = 1;
  const { length } = repository.sources;
  console.log(problems.length > 0 ? `tidy: ${problems.length} to mend` : `tidy: ${length} files in order`);
}
