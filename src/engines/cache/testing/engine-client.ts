import { type Random, SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import { COMMANDS } from "../commands/table.ts";
import { Engine, type Session } from "../core/index.ts";
import { type CacheLimits, DEFAULT_CACHE_LIMITS } from "../options.ts";

const MIB = 1024 * 1024;

/** An engine without sockets, on a clock that is moved by hand. For tests. */
export class EngineUnderTest {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly engine: Engine;

  constructor(
    options: { memoryBytes?: number; password?: string; limits?: Partial<CacheLimits>; random?: Random } = {},
  ) {
    const { password } = options;
    this.engine = new Engine({
      memoryBytes: options.memoryBytes ?? 64 * MIB,
      limits: { ...DEFAULT_CACHE_LIMITS, ...options.limits },
      commands: COMMANDS,
      facts: {
        processId: 1,
        runId: "0".repeat(40),
        version: "7.2.4",
        port: 6379,
        residentBytes: () => 0,
        cpuMicros: () => ({ user: 0, system: 0 }),
        memoryBytesMax: 1024 * MIB,
      },
      wallMs: () => this.clock.wallMs(),
      random: options.random ?? seededRandom(1),
      ...(password === undefined
        ? {}
        : { userOf: (given: string) => (given === password ? "default" : undefined) }),
    });
  }

  connect(): EngineClient {
    return new EngineClient(this.engine);
  }
}

/** A client of such an engine. */
export class EngineClient {
  readonly session: Session;
  disconnected = false;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.session = engine.connect({
      address: "127.0.0.1:50000",
      localAddress: "127.0.0.1:6379",
      disconnect: () => {
        this.disconnected = true;
      },
    });
  }

  /** The answer as it would stand on the wire. */
  ask(...args: string[]): string {
    this.#engine.tick();
    this.#engine.execute(this.session, args);
    return this.session.reply.take();
  }
}
