import type { Clock } from "../../blocks/time/index.ts";
import type { EdgeConfig, EdgeUpdatedMessage, EdgeUpdateMessage } from "../../engines/edge/config/index.ts";
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
  readonly #options: EdgePartOptions;
  readonly #clock: Clock;
  readonly #serving: Serving;

  constructor(options: EdgePartOptions, host: PartHost) {
    const serving: Serving = { child: undefined };
    super("edge", options.needs, edgeJob(options, host, serving), host);
    this.#options = options;
    this.#clock = host.clock;
    this.#serving = serving;
  }

  override get url(): string {
    const { host, port } = this.#options;
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
  }

  /** Its process takes longer to load than to listen, and needs nobody for that. */
  prepare(): void {
    this.keeper.spawnAhead();
  }

  /**
   * Puts the configuration of this moment in force. Resolves when every endpoint that it removed has answered its last
   * request. An edge that does not run has none: it takes the configuration of the moment when it starts.
   */
  async apply(): Promise<void> {
    const { child } = this.#serving;
    if (child?.running) await updated(child, this.#options.config(), this.#clock);
  }
}

/** The process that has a configuration, and to which changes must be told. */
interface Serving {
  child: Child | undefined;
}

function edgeJob(options: EdgePartOptions, host: PartHost, serving: Serving): Job {
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
      // From here on, it is told what changes. Replicas may have come and gone while it started.
      serving.child = child;
      const now = options.config();
      if (JSON.stringify(now) !== JSON.stringify(config)) await updated(child, now, host.clock);
    },
  };
}

/** An edge lets requests finish for half a minute; one that says nothing for twice as long hinders nobody any more. */
const UPDATE_TIMEOUT_MS = 60_000;

let lastUpdate = 0;

function updated(child: Child, config: EdgeConfig, clock: Clock): Promise<void> {
  const message: EdgeUpdateMessage = { type: "update", id: ++lastUpdate, config };
  return new Promise((resolve) => {
    const done = () => {
      patience.cancel();
      end();
      resolve();
    };
    const patience = clock.setTimer(UPDATE_TIMEOUT_MS, done);
    const end = child.onMessage((answer) => {
      if (
        isReport(answer) &&
        answer.type === "updated" &&
        (answer as unknown as EdgeUpdatedMessage).id === message.id
      ) {
        done();
      }
    });
    // With the process, its requests are gone too.
    void child.exited.then(done);
    child.send(message);
  });
}
