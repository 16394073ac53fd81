import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const SYSTEM = join(ROOT, "systems", "shortener");

/** How a copy differs from the shortener as it stands. */
export interface DesignCopy {
  /** Of the folder, among those of benchmarks. */
  readonly name: string;
  readonly port: number;
  /** Options of the system besides its own, as they are written: `telemetry: false`. */
  readonly options?: string;
}

/**
 * The shortener itself, with data of its own, on a port that is free, and without its limit of links per client: here one
 * client makes them all. In the checkout, so that it finds the same packages; ignored by git, and made anew each time.
 */
export function copyOfDesign({ name, port, options }: DesignCopy): string {
  const folder = join(ROOT, "dist", "bench", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(SYSTEM, folder, { recursive: true, filter: (path) => !/[\\/]\.trestle$|\.test\.ts$/.test(path) });
  const file = join(folder, "system.ts");
  let text = readFileSync(file, "utf8");
  for (const [place, instead] of [
    [/\bport: [\d_]+/, `port: ${port}`],
    [/\benvironment: \{/, 'environment: { CREATES_PER_MINUTE: "0",'],
    [/\bparts: \[front\]/, options === undefined ? "parts: [front]" : `${options},\n  parts: [front]`],
  ] as const) {
    if (!place.test(text)) throw new Error(`${file} has no ${place}`);
    text = text.replace(place, instead);
  }
  writeFileSync(file, text);
  return file;
}
