import type { TestContext } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import type { LogLine, State } from "../../control-api/index.ts";
import type { Launch } from "../child.ts";
import { type Job, Keeper } from "../keeper.ts";
import { Ledger } from "../ledger.ts";
import { temporaryFolder, until } from "./stage.ts";

/** A keeper alone, and all that it told. */
export interface Kept {
  readonly keeper: Keeper;
  readonly states: State[];
  readonly lines: LogLine[];
  /** Called at each state, in the moment it is told. */
  onState?: (state: State) => void;
  /** Resolves once it has told such a state. */
  reaches(is: State["is"], times?: number): Promise<State>;
}

/** Keeps a job of the test's, and kills what is left of it afterwards. */
export function keep(t: TestContext, job: Partial<Job> & Pick<Job, "launch">): Kept {
  const states: State[] = [];
  const lines: LogLine[] = [];
  const keeper = new Keeper(
    {
      id: "part.1",
      part: "part",
      life: "service",
      startTimeoutMs: 10_000,
      stopTimeoutMs: 5_000,
      async untilReady() {},
      ...job,
    },
    {
      clock: systemClock,
      ledger: new Ledger(temporaryFolder(t)),
      onState({ state }) {
        states.push(state);
        kept.onState?.(state);
      },
      onLine: (line) => lines.push(line),
    },
  );
  t.after(() => keeper.kill());
  const reaches = async (is: State["is"], times = 1): Promise<State> => {
    const such = () => states.filter((state) => state.is === is)[times - 1];
    await until(`the state ${is}`, () => such() !== undefined);
    return such() ?? { is: "stopped" };
  };
  const kept: Kept = { keeper, states, lines, reaches };
  return kept;
}

/** How to start a shell script. */
export function shell(script: string): Launch {
  return program("sh", "-c", script);
}

/** How to start any program, in the folder of this machine's temporary files. */
export function program(command: string, ...args: readonly string[]): Launch {
  return { command, args, folder: "/tmp", environment: process.env, stopSignal: "SIGTERM" };
}
