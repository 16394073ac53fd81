import { systemClock, systemRandom } from "../../../../blocks/time/index.ts";
import type { LoadedDesign } from "../../../design/model.ts";
import { startSystem } from "../../supervisor.ts";

// Runs the design given as JSON in a process of its own, and says on standard output what happens.
const design = JSON.parse(process.argv[2] ?? "{}") as LoadedDesign;
const system = await startSystem({
  design,
  clock: systemClock,
  random: systemRandom,
  environment: process.env,
  watch: false,
  onEvent: (event) => {
    if (event.type !== "log") console.log(JSON.stringify(event));
  },
});
await system.ready;
console.log(JSON.stringify({ ready: system.snapshot() }));
process.on("SIGTERM", () => void system.stop());
