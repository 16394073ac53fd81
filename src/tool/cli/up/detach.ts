import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadedDesign, loadDesign } from "../../design/index.ts";
import { RUN_ERRORS, RunError, type RunErrorCode, type RunEvent } from "../../run/index.ts";
import { CliError } from "../errors.ts";
import { onEndWish } from "../interrupts.ts";
import type { Terminal } from "../terminal.ts";
import type { Report } from "./report.ts";
import type { Screen } from "./screen.ts";
import { screenFor, stoppingRemark, type UpOptions } from "./up.ts";

/** A supervisor in the background writes nothing but what it did not foresee: at this size the file starts anew. */
const OUTPUT_BYTES_MAX = 1024 * 1024;

/**
 * Starts a supervisor in a session of its own and follows it until the system is ready (exit code 0) or a part is given up
 * or in a crash loop (1: the supervisor goes on trying). Throws what the supervisor could not start for.
 */
export async function upDetached(options: UpOptions, terminal: Terminal): Promise<number> {
  const file = resolve(terminal.folder, options.file);
  const design = await loadDesign(file, { environment: terminal.environment });
  const screen = screenFor(design, { ...options, detached: true }, terminal);
  try {
    return await follow(design, options, screen, terminal);
  } finally {
    screen.close();
  }
}

function follow(
  design: LoadedDesign,
  { watch, file, label }: UpOptions,
  screen: Screen,
  terminal: Terminal,
): Promise<number> {
  const outputPath = join(design.folder, ".trestle", design.model.name, "supervisor.log");
  const output = openOutput(outputPath);
  const starter = fileURLToPath(new URL("../../../../bin/trestle.js", import.meta.url));
  const child = spawn(
    process.execPath,
    [
      starter,
      "up",
      resolve(terminal.folder, file),
      "--reporting",
      ...(watch ? ["--watch"] : []),
      ...(label === undefined ? [] : [`--label=${label}`]),
    ],
    {
      cwd: terminal.folder,
      env: terminal.environment,
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    },
  );
  closeSync(output);
  let isStopping = false;
  const forget = onEndWish(terminal, {
    onFirst: () => {
      isStopping = true;
      screen.remark(stoppingRemark(terminal));
      child.kill("SIGTERM");
    },
    onSecond: () => child.kill("SIGTERM"),
  });
  return new Promise<number>((settle, reject) => {
    child.on("message", (message) => {
      const report = message as Report;
      if (report.type === "failed") return reject(errorOf(report));
      if (report.type === "ready") {
        screen.ready(report.summary, report.snapshot);
        return settle(0);
      }
      screen.event(report.event);
      if (!isVerdict(report.event)) return;
      screen.remark(
        `${design.model.name} is not ready, and goes on trying in the background: \`trestle down\` stops it.`,
      );
      settle(1);
    });
    child.once("error", (cause) =>
      reject(new CliError("SUPERVISOR_ENDED", `no process could be started: ${cause.message}`, { cause })),
    );
    child.once("exit", (code, signal) => {
      if (isStopping) {
        screen.remark(`${design.model.name} stopped before it was ready.`);
        return settle(1);
      }
      const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
      reject(
        new CliError(
          "SUPERVISOR_ENDED",
          `the supervisor ${how} before the system was ready${lastWords(outputPath)}`,
        ),
      );
    });
  }).finally(() => {
    forget();
    if (child.connected) child.disconnect();
    child.unref();
  });
}

function openOutput(path: string): number {
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // Appending, so that an earlier supervisor which still runs keeps its place in the file.
  return openSync(path, size > OUTPUT_BYTES_MAX ? "w" : "a", 0o600);
}

function lastWords(path: string): string {
  const text = readFileSync(path, "utf8").trimEnd();
  return text === "" ? "" : `:\n${text.split("\n").slice(-10).join("\n")}`;
}

function isVerdict(event: RunEvent): boolean {
  if (event.type !== "part") return false;
  return event.state.is === "gave-up" || (event.state.is === "failed" && event.state.looping);
}

function errorOf({ code, message }: Report & { type: "failed" }): Error {
  if (code !== undefined && code in RUN_ERRORS) return new RunError(code as RunErrorCode, message);
  return new CliError("SUPERVISOR_ENDED", message);
}
