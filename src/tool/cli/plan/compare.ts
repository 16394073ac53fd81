import { messageOf } from "../../../blocks/errors/index.ts";
import { type LoadedDesign, loadDesign } from "../../design/index.ts";
import {
  differenceMarkdown,
  layOutRevision,
  type PlanDifference,
  PlanError,
  plan,
  planDifference,
  type Revision,
} from "../../plan/index.ts";
import { CliError } from "../errors.ts";
import { onEndWish } from "../interrupts.ts";
import { paintOf } from "../paint.ts";
import type { Terminal } from "../terminal.ts";
import { differenceLines } from "./difference-text.ts";
import type { PlanFlags } from "./flags.ts";
import type { Planned } from "./planned.ts";
import { jsonOf } from "./print.ts";
import { finished, sheetOf } from "./sheet.ts";

/** Prints what changed since a revision: the design of then as it was, that of now with what `--set` says. */
export async function compare(
  planned: Planned,
  flags: PlanFlags & { readonly against: string },
  terminal: Terminal,
): Promise<void> {
  const { out } = terminal;
  const { design, model, options } = planned;
  const before = await planAt(design, flags.against, planned, terminal);
  const reviewed = { ...options, review: true };
  const after = { model, answer: planned.answer.findings ? planned.answer : plan(model, reviewed) };
  const difference = planDifference(before, after, before.revision);
  if (flags.json) {
    out.write(`${JSON.stringify({ ...jsonOf(planned), against: difference }, undefined, 2)}\n`);
  } else if (flags.markdown) out.write(differenceMarkdown(difference, model.name));
  else {
    const sheet = sheetOf(out, paintOf(out));
    out.write(finished(differenceLines(difference, model.name, sheet), sheet, out.colour));
  }
}

/** The plan of the design at a revision. Ctrl-C meanwhile removes what was laid out before the command ends. */
async function planAt(design: LoadedDesign, name: string, { options }: Planned, terminal: Terminal) {
  const stop = new AbortController();
  const forget = onEndWish(terminal, { onFirst: () => stop.abort(stopped()), onSecond: () => {} });
  try {
    using revision = await layOutRevision(design.file, name, { signal: stop.signal });
    const { model } = await loadedAt(revision, terminal);
    stop.signal.throwIfAborted();
    const answer = plan(model, { ...options, review: true });
    const { commit } = revision;
    return { model, answer, revision: { name, commit } satisfies PlanDifference["revision"] };
  } finally {
    forget();
  }
}

async function loadedAt(revision: Revision, { environment }: Terminal): Promise<LoadedDesign> {
  try {
    return await loadDesign(revision.path, { environment });
  } catch (cause) {
    const why = messageOf(cause).replaceAll(revision.root, `${revision.name}:`);
    throw new PlanError("REVISION_NOT_LOADED", `the design of ${revision.name} cannot be loaded: ${why}`, {
      cause,
    });
  }
}

function stopped(): CliError {
  return new CliError("STOPPED", "stopped before the revision was read");
}
