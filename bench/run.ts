import { machineInWords } from "./machine/machine.ts";
import { judged, lastLineOf, type Measurement, tableOf } from "./report.ts";

/** A benchmark: measures, saying on standard error what it is doing, and frees whatever it started. */
export type Bench = (options: { readonly args: readonly string[] }) => Promise<readonly Measurement[]>;

/** Every benchmark there is. */
const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  shortener: () => import("./shortener.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load) {
  const { bench } = await load();
  const results = (await bench({ args })).map(judged);
  const report = { bench: name, machine: machineInWords(), results };
  console.log(`${tableOf(report)}\n`);
  console.log(lastLineOf(report));
  if (results.some((one) => one.holds === false)) process.exitCode = 1;
} else {
  console.error(`bench: ${name === "" ? "no benchmark named" : `no benchmark "${name}"`}`);
  console.error(`usage: npm run bench -- NAME    NAME is one of: ${Object.keys(BENCHES).join(", ")}`);
  process.exitCode = 1;
}
