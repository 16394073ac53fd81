import { type AdaptiveLimit, adaptiveLimit } from "../../../../blocks/flow/adaptive/adaptive-limit.ts";
import { aimd } from "../../../../blocks/flow/adaptive/aimd.ts";
import { gradient } from "../../../../blocks/flow/adaptive/gradient.ts";
import { vegas } from "../../../../blocks/flow/adaptive/vegas.ts";
import { Codel } from "../../../../blocks/flow/shedding/codel.ts";
import { Pressure, shedShare } from "../../../../blocks/flow/shedding/pressure.ts";
import { SmoothedReading } from "../../../../blocks/flow/shedding/pressure-reading.ts";
import { queueDelay } from "../../../../blocks/flow/shedding/queue-delay.ts";
import type { GateOutcome } from "../../../../blocks/resilience/gate.ts";
import type { Random } from "../../../../blocks/time/random.ts";
import type { Admission } from "../../resolved-model.ts";

/** Lets visits in or turns them away before they wait. All are of normal priority: a design tells no others. */
export interface AdmissionGate {
  enter(nowMs: number): boolean;
  leave(nowMs: number, enteredMs: number, outcome: GateOutcome): void;
}

/** What a replica with such an admission has at its line. */
export function codelOf(admission: Admission | undefined): Codel | undefined {
  if (admission?.kind !== "codel") return undefined;
  const { targetMs, intervalMs } = admission;
  return new Codel({
    ...(targetMs === undefined ? {} : { targetMs }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
  });
}

/** And what before it. `line` is asked how long the one has waited who has waited longest. */
export function gateOf(
  admission: Admission | undefined,
  line: { readonly oldestWaitMs: number },
  random: Random,
): AdmissionGate | undefined {
  switch (admission?.kind) {
    case "adaptive":
      return new AdaptiveGate(admission);
    case "shedder":
      return new SheddingGate(admission, line, random);
    default:
      return undefined;
  }
}

const LAWS = { gradient, vegas, aimd } as const;

class AdaptiveGate implements AdmissionGate {
  readonly #limit: AdaptiveLimit;

  constructor({ law, min, max }: Extract<Admission, { kind: "adaptive" }>) {
    this.#limit = adaptiveLimit({
      law: LAWS[law](),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    });
  }

  enter(nowMs: number): boolean {
    return this.#limit.enter(nowMs, "normal");
  }

  leave(nowMs: number, enteredMs: number, outcome: GateOutcome): void {
    this.#limit.leave(nowMs, enteredMs, outcome);
  }
}

/** As `loadShedder` has them. */
const TICK_MS = 20;
const RECOVERY_MS = 10_000;

/** The engines of `loadShedder`, read when somebody comes and a tick has passed: between two who come nothing changes that they could tell. */
class SheddingGate implements AdmissionGate {
  readonly #reading: SmoothedReading;
  readonly #pressure = new Pressure(RECOVERY_MS);
  readonly #random: Random;
  #tickedMs = 0;

  constructor(
    { startsAtMs, allButCriticalAtMs }: Extract<Admission, { kind: "shedder" }>,
    line: { readonly oldestWaitMs: number },
    random: Random,
  ) {
    this.#reading = new SmoothedReading(
      queueDelay(line, {
        ...(startsAtMs === undefined ? {} : { startsAt: startsAtMs }),
        ...(allButCriticalAtMs === undefined ? {} : { allButCriticalAt: allButCriticalAtMs }),
      }),
    );
    this.#random = random;
  }

  enter(nowMs: number): boolean {
    const elapsedMs = nowMs - this.#tickedMs;
    if (elapsedMs >= TICK_MS) {
      this.#tickedMs = nowMs;
      this.#pressure.update(this.#reading.sample({ elapsedMs, latenessMs: 0 }), elapsedMs);
    }
    const share = shedShare(this.#pressure.value, "normal");
    return share < 1 && (share === 0 || this.#random() >= share);
  }

  leave(): void {}
}
