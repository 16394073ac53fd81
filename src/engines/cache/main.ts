import { setFlagsFromString } from "node:v8";
import { runEngineProcess } from "../process.ts";
import { startCache } from "./server/start.ts";

// Entries live in the runtime's heap, which by default may grow to a multiple of what lives in it before garbage is
// collected: right for speed, wrong for a process that promises a bound. A fifth more than what lives is collected at.
setFlagsFromString("--heap-growing-percent=20");

runEngineProcess(startCache);
