import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { messageOf } from "../../../blocks/errors/index.ts";
import { type LoadedDesign, loadDesign } from "../../design/index.ts";
import {
  applySets,
  hasFailed,
  type PlanOptions,
  type Profile,
  plan,
  profilePath,
  readProfile,
  readProfileIfThere,
} from "../../plan/index.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../failure.ts";
import { shownPath } from "../shown-path.ts";
import type { Terminal } from "../terminal.ts";
import { compare } from "./compare.ts";
import { numbersOf, type PlanFlags } from "./flags.ts";
import type { Planned } from "./planned.ts";
import { printPlan } from "./print.ts";
import { Progress } from "./progress.ts";
import { simulationFrom } from "./simulation-flags.ts";
import { sweepsOf } from "./sweeps.ts";

/**
 * `trestle plan`: prints the plan of a design, or what was asked of it. Returns 0 when every requirement holds or is open, and 1 when one fails.
 *
 * @throws DesignError, PlanError, and CliError `BAD_ARGUMENT`.
 */
export async function planCommand(file: string, flags: PlanFlags, terminal: Terminal): Promise<number> {
  const numbers = numbersOf(flags);
  const { environment, folder } = terminal;
  const design = await loadDesign(resolve(folder, file), { environment });
  const model = applySets(design.model, flags.set ?? []);
  const progress = new Progress(terminal);
  const simulate = flags.simulate ? await simulationFrom(flags, numbers, { folder, progress }) : undefined;
  const options: PlanOptions = {
    file: design.file,
    profile: await profileOf(design, flags, terminal),
    loadPerSecond: numbers.loadPerSecond,
    here: flags.here ? { cores: availableParallelism() } : undefined,
    review: flags.review ?? false,
  };
  const answer = plan(model, simulate === undefined ? options : { ...options, simulate });
  const sweeps = sweepsOf(model, options, flags.sweep ?? [], progress);
  progress.done();
  const planned: Planned = { design, model, options, answer, sweeps };
  if (flags.html !== undefined) await writePage(planned, flags.html, terminal);
  if (flags.against === undefined) printPlan(planned, flags, terminal);
  else await compare(planned, { ...flags, against: flags.against }, terminal);
  return hasFailed(answer) ? EXIT.failed : EXIT.holds;
}

/** The profile that was named, or the one that is kept beside the design, if there is one. */
function profileOf(
  { folder, model }: LoadedDesign,
  { profile }: PlanFlags,
  terminal: Terminal,
): Promise<Profile | undefined> {
  return profile === undefined
    ? readProfileIfThere(profilePath(folder, model.name))
    : readProfile(resolve(terminal.folder, profile));
}

async function writePage(
  { answer, design, model, sweeps }: Planned,
  file: string,
  terminal: Terminal,
): Promise<void> {
  const { planPage } = await import("../../plan/report/html/index.ts");
  try {
    await writeFile(
      resolve(terminal.folder, file),
      planPage(answer, { model, sweeps, file: shownPath(terminal.folder, design.file) }),
    );
  } catch (cause) {
    throw new CliError("PAGE_NOT_WRITTEN", `--html: ${file} cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
}
