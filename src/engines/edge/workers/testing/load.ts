import { Agent } from "node:http";
import { codeOf } from "../../../../blocks/errors/index.ts";
import { systemClock } from "../../../../blocks/time/index.ts";
import { ask } from "../../testing/servers.ts";

/** Some hundred requests a second, over a few kept connections, until it is stopped. */
export interface Load {
  /** Answered with 200 so far. */
  readonly answered: number;
  /** What became of the others: a status, an error's code, or `RESET_WHEN_NEW`. */
  readonly failures: readonly string[];
  /** Resolves after so many more answers. */
  more(answers: number): Promise<void>;
  stop(): Promise<void>;
}

/** A connection on which nothing had been answered was reset: maybe before anybody had taken it. */
export const RESET_WHEN_NEW = "ECONNRESET of a new connection";

/** Clients that ask, wait for the answer, and ask again a moment later; every fourth connects anew each time. */
export function load(port: number, clients = 8): Load {
  let answered = 0;
  let running = true;
  const failures: string[] = [];
  const agents: Agent[] = [];
  const client = async (_: unknown, at: number) => {
    const agent = new Agent({ keepAlive: at % 4 !== 0, maxSockets: 1 });
    agents.push(agent);
    while (running) {
      const isNew = Object.keys(agent.freeSockets).length === 0;
      try {
        const { status } = await ask(port, { agent });
        if (status === 200) answered += 1;
        else failures.push(String(status));
      } catch (thrown) {
        const code = codeOf(thrown) ?? String(thrown);
        failures.push(isNew && code === "ECONNRESET" ? RESET_WHEN_NEW : code);
      }
      await systemClock.sleep(10);
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    get answered() {
      return answered;
    },
    failures,
    async more(answers) {
      for (const goal = answered + answers; answered < goal; ) await systemClock.sleep(5);
    },
    async stop() {
      running = false;
      await done;
      for (const agent of agents) agent.destroy();
    },
  };
}
