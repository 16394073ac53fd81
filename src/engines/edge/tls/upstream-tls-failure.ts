import { codeOf } from "../../../blocks/errors/index.ts";
import { failureOf, type UpstreamFailure } from "../upstream/upstream-failure.ts";

/**
 * Reads an error of a connection to an endpoint over TLS. Whatever ends the handshake means that the endpoint cannot be reached: no
 * request was seen. So does, until an answer has begun, an endpoint's refusal of our certificate, which TLS 1.3 brings only after the
 * handshake. `secured`: whether the handshake was done. Pure.
 */
export function tlsFailureOf(error: Error, secured: boolean): UpstreamFailure {
  const code = codeOf(error) ?? "";
  if (CERTIFICATE_REFUSED.test(code)) return unreachable("does not accept the edge's certificate", code);
  const plain = failureOf(error);
  if (secured || plain.kind !== "reset") return plain;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return unreachable("shows a certificate for other names", code);
  const wrong = CERTIFICATE_PROBLEMS[code];
  if (wrong) return unreachable(`shows a certificate that ${wrong}`, code);
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)) {
    return unreachable("does not speak TLS", code);
  }
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return unreachable("ended the connection in the handshake", code);
  // OpenSSL has more to find fault with than Node has codes for.
  return unreachable("could not agree on TLS", code === "" || code === "UNSPECIFIED" ? error.message : code);
}

const CERTIFICATE_REFUSED =
  /^ERR_SSL_(SSL|TLS)V\w+_ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)$/;

/** By OpenSSL's codes: what is wrong with a certificate. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  CERT_REVOKED: "was revoked",
  CERT_REJECTED: "is not for servers",
  CERT_SIGNATURE_FAILURE: "is not signed by who it names",
  CERT_UNTRUSTED: "is not trusted",
  CERT_CHAIN_TOO_LONG: "is too far from an authority",
  INVALID_CA: "was made by none that may do so",
  INVALID_PURPOSE: "is not for servers",
  PATH_LENGTH_EXCEEDED: "was made by none that may do so",
  HOSTNAME_MISMATCH: "is for other names",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is from no trusted authority",
  SELF_SIGNED_CERT_IN_CHAIN: "is from no trusted authority",
  UNABLE_TO_GET_ISSUER_CERT: "is from no trusted authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is from no trusted authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is from no trusted authority",
  ERR_TLS_CERT_ALTNAME_FORMAT: "has names that cannot be read",
};

function unreachable(what: string, code: string): UpstreamFailure {
  return { kind: "unreachable", reason: `${what} (${code})` };
}
