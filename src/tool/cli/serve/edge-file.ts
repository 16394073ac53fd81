import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import { checkConfig } from "../../../engines/edge/check.ts";
import type {
  CertificateConfig,
  EdgeConfig,
  ListenerTlsConfig,
  UpstreamConfig,
} from "../../../engines/edge/index.ts";
import { EdgeError } from "../../../engines/edge/index.ts";
import { failureOf } from "../../design/load/failure.ts";
import { importDesign } from "../../design/load/import.ts";
import { formatProblems } from "../../design/problem.ts";
import { isSystem } from "../../design/system.ts";
import { CliError } from "../errors.ts";
import { jsonMistakeIn } from "./json-mistake.ts";

const MODULE = /^\.[cm]?[jt]s$/;
/** Names of the design language, which means nothing to such a file. */
const EXPORTED: readonly string[] = [];

/**
 * Reads the configuration of an edge from a file: JSON, or the default export of a module (which is read again when it has changed, though not what
 * it imports). Paths in it start at the file. `path` is how messages call it. Throws `CliError` `CONFIG_NOT_READ` for what is no configuration at
 * all, and `EdgeError` `INVALID_CONFIG` with everything that is wrong with one.
 */
export async function readEdgeFile(
  path: string,
  { folder, clock }: { readonly folder: string; readonly clock: Clock },
): Promise<EdgeConfig> {
  const file = resolve(folder, path);
  const config = MODULE.test(extname(file))
    ? await exportOf(file, path, folder, clock)
    : parsed(file, path, folder);
  try {
    checkConfig(config);
  } catch (thrown) {
    if (!(thrown instanceof EdgeError)) throw thrown;
    const lines = thrown.message.split("\n").map((line) => `\n  ${line}`);
    const { details } = thrown;
    throw new EdgeError("INVALID_CONFIG", `${path} cannot be put in force:${lines.join("")}`, {
      details,
      cause: thrown,
    });
  }
  return withPathsFrom(dirname(file), config);
}

function parsed(file: string, path: string, folder: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    throw notRead(`${path} cannot be read: ${reasonOf(thrown)}`, thrown);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const { line, column, message } = jsonMistakeIn(text);
    const mend = "Mend the syntax there; the mistake may also stand just before.";
    const problem = {
      file,
      line,
      column,
      path: "",
      message: `the file cannot be read as JSON: ${message}`,
      mend,
    };
    throw notRead(formatProblems([problem], { folder }), thrown);
  }
}

async function exportOf(file: string, path: string, folder: string, clock: Clock): Promise<unknown> {
  const met = new Set<string>();
  let exported: unknown;
  try {
    exported = (await importDesign(file, clock, met)).default;
  } catch (thrown) {
    const isMissing = codeOf(thrown) === "ENOENT" && met.size === 0;
    if (isMissing) throw notRead(`${path} cannot be read: ${reasonOf(thrown)}`, thrown);
    throw notRead(formatProblems([failureOf(thrown, file, met, EXPORTED)], { folder }), thrown);
  }
  if (isSystem(exported)) throw notRead(`${path} is the design of a system: \`trestle up ${path}\` runs it`);
  if (typeof exported !== "object" || exported === null) {
    throw notRead(
      `${path} exports no configuration by default: end it with export default defineEdge({ … })`,
    );
  }
  try {
    // Plain data, as it would be in a file: what is undefined is left out.
    return JSON.parse(JSON.stringify(exported));
  } catch (thrown) {
    throw notRead(`what ${path} exports is not plain data: ${messageOf(thrown)}`, thrown);
  }
}

/** The same configuration, with the paths in it absolute. */
function withPathsFrom(folder: string, config: EdgeConfig): EdgeConfig {
  const here = (path: string) => resolve(folder, path);
  const { accessLog } = config;
  return {
    ...config,
    listeners: config.listeners.map((listener) =>
      "tls" in listener && listener.tls ? { ...listener, tls: listenerTls(listener.tls, here) } : listener,
    ),
    upstreams: Object.fromEntries(
      Object.entries(config.upstreams).map(([name, upstream]) => [name, withTls(upstream, here)]),
    ),
    ...(accessLog && accessLog.to !== "stdout"
      ? { accessLog: { ...accessLog, to: here(accessLog.to) } }
      : {}),
  };
}

type Here = (path: string) => string;

function listenerTls(tls: ListenerTlsConfig, here: Here): ListenerTlsConfig {
  const { certificates, local, clients } = tls;
  return {
    ...tls,
    ...(certificates ? { certificates: certificates.map((one) => certificate(one, here)) } : {}),
    ...(local ? { local: { ...local, folder: here(local.folder) } } : {}),
    ...(clients ? { clients: { ...clients, authorityFile: here(clients.authorityFile) } } : {}),
  };
}

function withTls(upstream: UpstreamConfig, here: Here): UpstreamConfig {
  const { tls } = upstream;
  if (!tls) return upstream;
  return {
    ...upstream,
    tls: {
      ...tls,
      ...(tls.authorityFile === undefined ? {} : { authorityFile: here(tls.authorityFile) }),
      ...(tls.certificate ? { certificate: certificate(tls.certificate, here) } : {}),
    },
  };
}

function certificate({ certificateFile, keyFile }: CertificateConfig, here: Here): CertificateConfig {
  return { certificateFile: here(certificateFile), keyFile: here(keyFile) };
}

function reasonOf(thrown: unknown): string {
  switch (codeOf(thrown)) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder; name a file in it";
    default:
      return messageOf(thrown);
  }
}

function notRead(message: string, cause?: unknown): CliError {
  return new CliError("CONFIG_NOT_READ", message, { cause });
}
