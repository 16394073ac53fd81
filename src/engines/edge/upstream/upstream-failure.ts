import { codeOf } from "../../../blocks/errors/index.ts";

/** What a failed attempt says about the endpoint and about the request. */
export type UpstreamFailure =
  /** No connection came about: the request was not seen, and somebody else may be asked. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** This machine is out of ports or descriptors; the endpoint is not to blame. */
  | { readonly kind: "shortage" }
  /** It answered with something that is not HTTP. */
  | { readonly kind: "rubbish" }
  /** The connection ended before an answer began; the request may have been served. */
  | { readonly kind: "reset" };

const SHORTAGES = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"]);

/** Reads an error of a connection. */
export function failureOf(error: Error): UpstreamFailure {
  const code = codeOf(error) ?? "";
  if (SHORTAGES.has(code)) return { kind: "shortage" };
  const syscall = "syscall" in error ? error.syscall : undefined;
  // An AggregateError stands for the addresses of one name, none of which took the connection.
  if (syscall === "connect" || syscall === "getaddrinfo" || error instanceof AggregateError) {
    const what = code === "ECONNREFUSED" ? "refused the connection" : "could not be reached";
    return { kind: "unreachable", reason: `${what} (${code || error.message})` };
  }
  return { kind: "reset" };
}
