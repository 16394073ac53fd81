import { messageOf } from "../src/blocks/errors/index.ts";
import type { Bench } from "./bench.ts";
import { machineInWords } from "./machine/machine.ts";
import { judged, lastLineOf, tableOf } from "./report.ts";

/** Every benchmark there is. */
const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  edge: () => import("./edge.ts"),
  flow: () => import("./flow.ts"),
  observed: () => import("./observed.ts"),
  "plan-reality": () => import("./plan-reality.ts"),
  resilience: () => import("./resilience.ts"),
  shortener: () => import("./shortener.ts"),
  simulate: () => import("./simulate.ts"),
  soak: () => import("./soak.ts"),
  telemetry: () => import("./telemetry.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load) {
  const { bench } = await load();
  const results = (await bench({ args }).catch(failed)).map(judged);
  const report = { bench: name, machine: machineInWords(), results };
  console.log(`${tableOf(report)}\n`);
  console.log(lastLineOf(report));
  if (results.some((one) => one.holds === false)) process.exitCode = 1;
} else {
  console.error(`bench: ${name === "" ? "no benchmark named" : `no benchmark "${name}"`}`);
  console.error(`usage: npm run bench -- NAME    NAME is one of: ${Object.keys(BENCHES).join(", ")}`);
  process.exitCode = 1;
}

/** A benchmark that cannot run has freed what it started; it says why, and where with TRESTLE_DEBUG=1. */
function failed(thrown: unknown): never {
  const stack = process.env.TRESTLE_DEBUG === "1" && thrown instanceof Error ? thrown.stack : undefined;
  console.error(`bench: ${stack ?? messageOf(thrown)}`);
  process.exit(1);
}
