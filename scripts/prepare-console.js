// After `npm install` in a checkout: bundles the console's page. Plain JavaScript, because any Node from 20 on may run it; the
// work itself is TypeScript, for the Node that is pinned. Where it fails, everything but the console works, which says so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pinned = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
// Who installs without development's packages has no bundler, and runs no checkout.
if (existsSync(join(root, "node_modules", "esbuild"))) {
  spawnSync(existsSync(pinned) ? pinned : process.execPath, [join(root, "scripts", "build-console.ts")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
