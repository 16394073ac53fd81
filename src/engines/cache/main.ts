import { runEngineProcess } from "../process.ts";
import { startCache } from "./server/start.ts";

runEngineProcess(startCache);
