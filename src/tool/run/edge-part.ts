import type { EdgeConfig, EdgeUpdatedMessage, EdgeUpdateMessage } from "../../engines/edge/config.ts";
import type { Child } from "./child.ts";
import { isReport, startOverChannel } from "./engine-channel.ts";
import type { Job } from "./keeper.ts";
import { engineLaunch } from "./launches.ts";
import type { PartHost } from "./part.ts";
import { SinglePart } from "./single-part.ts";

export interface EdgePartOptions {
  readonly name: string;
  readonly needs: readonly string[];
  /** Where it is reached: its first listener. */
  readonly host: string;
  readonly port: number;
  /** The configuration of this moment, with the replicas that serve. */
  readonly config: () => EdgeConfig;
}

/** An edge process and the configuration in force in it. */
export class EdgePart extends SinglePart {
  readonly #config: () => EdgeConfig;
  readonly #options: EdgePartOptions;

  constructor(options: EdgePartOptions, host: PartHost) {
    super("edge", options.needs, edgeJob(options, host), host);
    this.#options = options;
    this.#config = options.config;
  }

  override get url(): string {
    const { host, port } = this.#options;
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
  }

  /**
   * Puts the configuration of this moment in force. Resolves when every endpoint that it removed has answered its last
   * request. An edge that does not run has none: it takes the configuration of the moment when it starts.
   */
  async apply(): Promise<void> {
    const child = this.keeper.child;
    if (!child?.running || !this.keeper.isReady) return;
    await updated(child, this.#config());
  }
}

function edgeJob(options: EdgePartOptions, host: PartHost): Job {
  return {
    id: options.name,
    part: options.name,
    life: "service",
    startTimeoutMs: 30_000,
    stopTimeoutMs: 15_000,
    port: () => options.port,
    async launch() {
      return engineLaunch("edge", host.stateFolder, host.environment);
    },
    async untilReady(child, { signal, onMissing }) {
      onMissing(`port ${options.port} to open`);
      const config = options.config();
      await startOverChannel(child, { config }, signal);
      // Replicas may have come and gone while it started.
      const now = options.config();
      if (JSON.stringify(now) !== JSON.stringify(config)) await updated(child, now);
    },
  };
}

let lastUpdate = 0;

function updated(child: Child, config: EdgeConfig): Promise<void> {
  const message: EdgeUpdateMessage = { type: "update", id: ++lastUpdate, config };
  return new Promise((resolve) => {
    const end = child.onMessage((answer) => {
      if (
        isReport(answer) &&
        answer.type === "updated" &&
        (answer as unknown as EdgeUpdatedMessage).id === message.id
      ) {
        end();
        resolve();
      }
    });
    // With the process, its requests are gone too.
    void child.exited.then(() => {
      end();
      resolve();
    });
    child.send(message);
  });
}
