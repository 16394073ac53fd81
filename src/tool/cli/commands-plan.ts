import type { Command } from "commander";
import type { CommandHost } from "./command-host.ts";
import type { PlanFlags } from "./plan/flags.ts";

/** `plan`: what a design comes to, before anything runs. */
export function addPlanCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("plan")
    .description("work out load, times, availability and price, and whether the requirements hold")
    .argument("[FILE]", "the design file, or its folder", ".")
    .option("--set <PATH=VALUE>", "plan as if the design said so; several times for several", collected)
    .option("--sweep <PATH=FROM..TO[:STEP]>", "plan along values of a setting", collected)
    .option("--load <RATE>", "plan for this load instead of the stated peak, as in 9k/s")
    .option("--here", "all parts share the processors of this machine")
    .option("--profile <FILE>", "measured times (default: those kept beside the design)")
    .option("--review", "ask the questions of a design review")
    .option("--simulate", "simulate it too, request by request")
    .option("--seed <NUMBER>", "of the simulation: the same seed gives the same figures")
    .option("--duration <TIME>", "how long to simulate (default: about 300,000 requests)")
    .option("--arrivals <SHAPE>", "poisson, daily, ramp, flash, or a file of times in ms")
    .option("--fail <PART@TIME+DURATION>", "a part fails for a while; several for several", collected)
    .option("--against <REV>", "compare with the design of a git revision")
    .option("--markdown", "with --against: for a pull request")
    .option("--explain [FIGURE]", "where a figure comes from, or all of them")
    .option("--html <FILE>", "write the plan as a page, too")
    .option("--json", "print the plan as JSON")
    .addHelpText("after", PLAN_HELP)
    .action(
      act(async (file: string, flags: PlanFlags) => {
        return (await import("./plan/plan.ts")).planCommand(file, flags, terminal);
      }),
    );
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const PLAN_HELP = `
Nothing is started and nothing measured: the figures come from what the design
says, from a profile if there is one, and else from documented defaults. Each
says which of these it is: --explain shows it down to its givens.

Exit code 0: every requirement holds, or nothing can be said of it. 1: one
fails. 2: the command line was wrong.

Examples:
  trestle plan systems/shortener
  trestle plan --set shortener.replicas=4 --set hot.memory=1GiB
  trestle plan --sweep shortener.replicas=1..8
  trestle plan --explain latency.p99
  trestle plan --simulate --arrivals flash --fail links@20s+10s
  trestle plan --against main --markdown`;
