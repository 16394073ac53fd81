import { type Command, InvalidArgumentError } from "commander";
import type { CommandHost } from "./command-host.ts";

const HOST = ["--host <HOST>", "the address to listen on", "127.0.0.1"] as const;
const JSON_OPTION = ["--json", "say where it is reached as a line of JSON"] as const;

/** `serve sql`: PostgreSQL alone. */
export function addSqlCommand(serve: Command, { terminal, act }: CommandHost): void {
  serve
    .command("sql")
    .description("PostgreSQL, with its data in a folder")
    .option("-p, --port <PORT>", "the port on 127.0.0.1; 0 lets the system choose", port, 5432)
    .option("--folder <FOLDER>", "where the data lies, and the password", ".trestle/serve-sql")
    .option("--database <NAME>", "the database, made when it is missing", "app")
    .option("--role <NAME>", "the role that owns it", "app")
    .option("--migrations <FOLDER>", "a folder of .sql files to apply first, in their order")
    .option("--logs", "show what PostgreSQL writes")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  trestle serve sql --port 0 --folder ./data")
    .action(
      act(async (flags: SqlFlags) => {
        const { logs = false, json = false, ...rest } = flags;
        return (await import("./serve/sql.ts")).serveSql({ ...rest, logs, json }, terminal);
      }),
    );
}

/** `serve cache`: the cache alone. */
export function addCacheCommand(serve: Command, { terminal, act }: CommandHost): void {
  serve
    .command("cache")
    .description("a cache that speaks RESP, as Redis and Valkey do")
    .option("-p, --port <PORT>", "the port; 0 lets the system choose", port, 6379)
    .option(...HOST)
    .option("-m, --memory <SIZE>", "the bound on what it stores", "64 MiB")
    .option(
      "--password [PASSWORD]",
      "ask clients for it (or TRESTLE_PASSWORD in the environment); one is made up if none is given",
    )
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  trestle serve cache --memory '256 MiB' --password")
    .action(
      act(async (flags: CacheFlags) => {
        const { json = false, ...rest } = flags;
        return (await import("./serve/cache.ts")).serveCache({ ...rest, json }, terminal);
      }),
    );
}

/** `serve edge`: an edge alone. */
export function addEdgeCommand(serve: Command, { terminal, act }: CommandHost): void {
  serve
    .command("edge")
    .description("a reverse proxy and balancer in front of servers that run elsewhere")
    .option("-p, --port <PORT>", "the port; 0 lets the system choose (default: 8080)", port)
    .option("--host <HOST>", "the address to listen on (default: 127.0.0.1)")
    .option("--to <URL...>", "where requests go that no route takes; several share them")
    .option("--route <PATH=URL...>", "where requests under a path go: /prefix/*, /exact, /users/:id")
    .option("--health <PATH>", "a path of the servers that answers 2xx while they can serve")
    .option(
      "--tls [FOLDER]",
      "speak TLS, with certificates of an authority of its own, kept there (default: .trestle/authority)",
    )
    .option("-c, --config <FILE>", "all of it, and the rest, from a .json file or a module (trestle/edge)")
    .option("-w, --watch", "read that file again when it changes; SIGHUP does so too")
    .option("--workers <NUMBER>", "processes that share the ports and the work (default: 1)", workers)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      "\nExamples:\n  trestle serve edge --to http://127.0.0.1:3000 http://127.0.0.1:3001\n" +
        "  trestle serve edge --route '/api/*=http://127.0.0.1:4000' --tls\n" +
        "  trestle serve edge --config edge.ts --watch",
    )
    .action(
      act(async (flags: EdgeFlags) => {
        const { json = false, watch = false, to = [], route: routes = [], ...rest } = flags;
        return (await import("./serve/edge.ts")).serveEdge({ ...rest, to, routes, watch, json }, terminal);
      }),
    );
}

interface SqlFlags {
  readonly port: number;
  readonly folder: string;
  readonly database: string;
  readonly role: string;
  readonly migrations?: string;
  readonly logs?: boolean;
  readonly json?: boolean;
}

interface CacheFlags {
  readonly port: number;
  readonly host: string;
  readonly memory: string;
  readonly password?: string | true;
  readonly json?: boolean;
}

interface EdgeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly to?: readonly string[];
  readonly route?: readonly string[];
  readonly health?: string;
  readonly tls?: string | true;
  readonly config?: string;
  readonly watch?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
}

function workers(text: string): number {
  const number = Number(text);
  if (!/^\d{1,2}$/.test(text) || number < 1 || number > 64)
    throw new InvalidArgumentError("It is a whole number from 1 to 64.");
  return number;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535)
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return number;
}
