// After `npm install` in a checkout: lets `npx trestle` find the checkout's own command. npm links the commands of
// dependencies only, and without this `npx` would ask to install the package first. Plain JavaScript, because any Node
// may run it.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "bin", "trestle.js");
const folder = join(root, "node_modules", ".bin");

if (existsSync(command)) {
  mkdirSync(folder, { recursive: true });
  if (process.platform === "win32") {
    writeFileSync(join(folder, "trestle.cmd"), '@node "%~dp0\\..\\..\\bin\\trestle.js" %*\r\n');
  } else {
    chmodSync(command, 0o755);
    rmSync(join(folder, "trestle"), { force: true });
    symlinkSync("../../bin/trestle.js", join(folder, "trestle"));
  }
}
