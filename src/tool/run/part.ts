import type { Clock, Random } from "../../blocks/time/index.ts";
import type { PartKind } from "../design/model.ts";
import type { ScalingModel } from "../design/scaling-model.ts";
import type { Keeper, KeeperHost } from "./keeper.ts";
import type { Ports } from "./ports.ts";
import type { TelemetryTarget } from "./telemetry/telemetry-target.ts";

/** One part of a running system. */
export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  /** The parts that have to be ready before this one starts. */
  readonly needs: readonly string[];
  /** Where its users reach it, passwords included; known once it has been ready. */
  readonly url: string | undefined;
  /** Where one of its users reaches it, where each has a password of its own; absent where all share `url`. */
  urlFor?(user: string): string | undefined;
  /** Where else it is reached: an edge's other listeners, and its metrics. */
  readonly moreUrls?: readonly string[];
  /** Stands outside Trestle: nothing is run for it. */
  readonly external: boolean;
  /** Whether it can serve those who use it. */
  readonly isReady: boolean;
  readonly keepers: readonly Keeper[];
  /** Does what can be done before all that it needs is ready. */
  prepare?(): void;
  /** Called once, when all that it needs is ready. */
  start(): void;
  /** Starts its processes anew; those of a service one after the other, without a failed request. */
  restart(): Promise<void>;
  /** Present where the number of processes follows the load. */
  readonly scaling?: ScalingModel | undefined;
  /** How many processes were asked for last; absent where there is only ever one. */
  readonly wanted?: number;
  /** Changes the number of processes; absent where there is only ever one. */
  scale?(replicas: number): Promise<void>;
  /** Takes a replica out of service, lets it answer what it has, and ends it; absent where there is only ever one. */
  stopReplica?(id: string): Promise<void>;
  /** Starts one that was stopped. Resolves when it serves. */
  startReplica?(id: string): Promise<void>;
  /**
   * Called when the system begins to stop, which may be long before this part is stopped: changes that were asked for and
   * have not begun are refused, those under way go no further. What runs goes on, and is started again when it dies.
   */
  freeze(): void;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** What parts need of the supervisor. */
export interface PartHost extends KeeperHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly ports: Ports;
  /** The system's name. */
  readonly system: string;
  /** `.trestle/<system>`. */
  readonly stateFolder: string;
  readonly designFolder: string;
  /** What programs of the user's inherit. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where parts send their telemetry; undefined when nothing is observed. */
  readonly telemetry: TelemetryTarget | undefined;
  notice(part: string, message: string): void;
}
