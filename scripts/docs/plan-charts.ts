import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHARTS } from "./plan-charts/charts.ts";

/*
 * Draws the charts of docs/plan-simulations.md anew: `node scripts/docs/plan-charts.ts [NAME]…`. Seeds are fixed, so that they come out the same, byte for byte, as
 * long as what is simulated is the same; a test holds them to that.
 */

const folder = join(import.meta.dirname, "../../docs/images");
const names = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, draw] of Object.entries(CHARTS)) {
  if (names.length === 0 || names.includes(name)) writeFileSync(join(folder, `plan-${name}.svg`), draw());
}
