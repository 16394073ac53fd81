import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import { EdgeError } from "./errors.ts";

/** Says why an address cannot be listened at, and what to do: `PORT_IN_USE` or `CANNOT_LISTEN`. Pure. */
export function listenError(host: string, port: number, thrown: unknown): EdgeError {
  const where = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  switch (codeOf(thrown)) {
    case "EADDRINUSE":
      return new EdgeError("PORT_IN_USE", `${where} is taken by another program; choose another port`, {
        details: { host, port },
        cause: thrown,
      });
    case "EACCES":
      return new EdgeError(
        "CANNOT_LISTEN",
        `${where} may not be used by this user; choose a port from 1024 on`,
        {
          details: { host, port },
          cause: thrown,
        },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new EdgeError("CANNOT_LISTEN", `${where}: this machine has no such address`, {
        details: { host, port },
        cause: thrown,
      });
    default:
      return new EdgeError("CANNOT_LISTEN", `${where}: ${messageOf(thrown)}`, {
        details: { host, port },
        cause: thrown,
      });
  }
}
