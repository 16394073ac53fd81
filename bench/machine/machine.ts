import { cpus, release, totalmem, type } from "node:os";

/** The machine in a few words, so that figures of different machines are not compared by mistake. */
export function machineInWords(): string {
  const all = cpus();
  const model = all[0]?.model.trim() || "unknown processor";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${all.length} × ${model}, ${memory}, ${type()} ${release()}, Node ${process.versions.node}`;
}
