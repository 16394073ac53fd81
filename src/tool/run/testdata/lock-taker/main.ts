import { RunError } from "../../errors.ts";
import { takeLock } from "../../lock.ts";

// Takes the lock of the folder given, says what came of it, and holds it until it is killed.
try {
  takeLock(process.argv[2] ?? "", "demo");
  console.log("mine");
  setInterval(() => {}, 60_000);
} catch (thrown) {
  console.log(thrown instanceof RunError ? thrown.code : String(thrown));
}
